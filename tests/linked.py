"""A program made of source text, linked as the pipeline links it, for tests of the questions that stages ask."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from textwrap import dedent

from advisor.inputs.knowledge import builtin_rules, load_knowledge, user_cache
from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.facts import ModuleFacts
from advisor.model.program import FunctionInfo, Program
from advisor.model.source import Source
from advisor.stages.extract import extract
from advisor.stages.link import link


@cache
def known() -> Catalog:
    """What the advisor's own rules say of other people's code."""
    return load_knowledge((builtin_rules(),), cache=user_cache()).catalog


@dataclass(frozen=True)
class Linked:
    """One file `app.py`; `work` is its function of that name."""

    program: Program
    catalog: Catalog
    work: FunctionInfo

    @property
    def loop(self) -> code.For:
        """The first `for` of `work`."""
        return next(s for s in tree.statements(self.work.body) if isinstance(s, code.For))

    @property
    def entered(self) -> code.Expr:
        """What the first `with` of `work` enters."""
        block = next(s for s in tree.statements(self.work.body) if isinstance(s, code.With))
        return block.items[0][0]

    @property
    def last_call(self) -> code.Call:
        """The outermost call of the last statement of `work` that is an expression."""
        values = [s.value for s in tree.statements(self.work.body) if isinstance(s, code.Evaluate)]
        value = values[-1].value if isinstance(values[-1], code.Await) else values[-1]
        assert isinstance(value, code.Call)
        return value


def linked(text: str) -> Linked:
    facts = extract(Source("app.py", dedent(text)), ())
    assert isinstance(facts, ModuleFacts), facts
    program = link({"app.py": facts}, known(), lambda _importer, _module, _level: ())
    work = next(info for info in program.functions.values() if info.name == "work")
    return Linked(program, known(), work)
