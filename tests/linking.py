"""Programs made of a few lines of text, linked in memory as the pipeline links files, for tests of what stages know of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from textwrap import dedent
from typing import Any

import pytest

from advisor.model import code, tree
from advisor.model.case import Case
from advisor.model.catalog import Catalog
from advisor.model.estimate import Target as Machine
from advisor.model.facts import ModuleFacts
from advisor.model.program import FunctionInfo, Program, Target, Value
from advisor.model.site import Site
from advisor.model.source import Source
from advisor.model.state import Key, Piece, Place, State, Write
from advisor.model.summary import Summaries
from advisor.questions.flow import flow_of, iteration
from advisor.questions.interference import settled
from advisor.stages.extract import extract, prepare
from advisor.stages.extract.sites import SitePattern
from advisor.stages.faults import Sight, with_linked_sites
from advisor.stages.link import link
from advisor.stages.locate import locate
from advisor.stages.trace import prove, trace
from advisor.stages.weigh import weigh
from tests.knowing import own_rules

MAIN = "app.py"


def known() -> Catalog:
    """What the advisor's own rules say of other people's code."""
    return own_rules().catalog


@dataclass(frozen=True)
class Linked:
    """A program with what its functions do. Where a question is about one function, that is `work` unless another is named."""

    modules: Mapping[str, ModuleFacts]
    program: Program
    summaries: Summaries
    catalog: Catalog

    def function(self, name: str, path: str = "") -> FunctionInfo:
        """The function that a reader calls `name` (`Class.method`; a function in a function by its own name)."""
        infos = [info for info in self.program.functions.values() if info.path.startswith(path)]
        return next(info for info in infos if name in (info.name, info.name.rpartition(".")[2]))

    @property
    def work(self) -> FunctionInfo:
        return self.function("work")

    def statements(self, function: str = "work") -> list[code.Stmt]:
        """Every statement of a function, at any depth."""
        return list(tree.statements(self.function(function).body))

    @property
    def loop(self) -> code.For:
        """The first `for` of `work`."""
        return next(s for s in self.statements() if isinstance(s, code.For))

    @property
    def entered(self) -> code.Expr:
        """What the first `with` of `work` enters."""
        return next(s for s in self.statements() if isinstance(s, code.With)).items[0][0]

    @property
    def last(self) -> code.Expr:
        """The last expression of `work` that is evaluated for itself or returned."""
        kinds = (code.Evaluate, code.Return)
        return [s.value for s in self.statements() if isinstance(s, kinds) and s.value is not None][-1]

    @property
    def last_call(self) -> code.Call:
        """The same, where it is a call that may be awaited."""
        value = self.last.value if isinstance(self.last, code.Await) else self.last
        assert isinstance(value, code.Call)
        return value

    def at(self, line: int, path: str = MAIN) -> code.Stmt:
        """The statement that begins at a line (from 1)."""
        infos = [info for info in self.program.functions.values() if info.path == path]
        return next(s for info in infos for s in tree.statements(info.body) if s.line == line)

    def state(self, *statements: code.Stmt, function: str = "work") -> State:
        """What these statements of a function read and change; all of them where none is named."""
        info = self.function(function)
        return self.summaries.state(Piece(info.id, statements or info.body))

    # ---- sites

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """The places where a model is chosen, as the pipeline finds them."""
        sight = Sight(self.program, self.summaries, self.catalog, Machine(python=(3, 12), gil=True, cores=4))
        found = with_linked_sites(sight, self.modules, own_rules().sites)
        return locate(self.program, self.summaries, self.catalog, found, own_rules().sites)

    @property
    def site(self) -> Site:
        """The first of those in `work`."""
        return next(site for site in self.sites if site.function == self.work.id)

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """What is known of each site, in their order."""
        proven = cache(lambda where, proof: prove(self.program, self.summaries, where, proof))
        return weigh(self.program, self.summaries, self.catalog, self.sites, proven, lambda _: True)

    def iteration(self, site: Site | None = None) -> State:
        """What one iteration of a site (the first one) reads and changes."""
        site = site or self.site
        ways = flow_of(site)
        return settled(self.summaries.state(iteration(site, ways)), frozenset(ways.bound))


def linked(text: str | Mapping[str, str]) -> Linked:
    """A program of one file, or of several by path."""
    texts = {MAIN: text} if isinstance(text, str) else text
    modules = {path: _read(path, dedent(each)) for path, each in texts.items()}
    program = link(modules, known(), _finder(modules))
    return Linked(modules, program, trace(program, known()), known())


@cache
def _patterns() -> tuple[SitePattern, ...]:
    return prepare(own_rules().sites)


def _read(path: str, text: str) -> ModuleFacts:
    facts = extract(Source(path, text), _patterns())
    assert isinstance(facts, ModuleFacts), facts
    return facts


def _finder(paths: Iterable[str]) -> Callable[[str, str, int], tuple[str, ...]]:
    """The files that an import leads to, outermost package first; absolute imports start at the root."""
    known_paths = frozenset(paths)

    def find(importer: str, module: str, level: int) -> tuple[str, ...]:
        folders = importer.split("/")[:-level] if level else []
        found = []
        parts = module.split(".") if module else [""]
        for length in range(1, len(parts) + 1):
            stem = "/".join(part for part in (*folders, *parts[:length]) if part)
            tried = (f"{stem}.py", f"{stem}/__init__.py" if stem else "__init__.py")
            found += [path for path in tried if path in known_paths]
        return tuple(found)

    return find


# ---- as a reader says it


def told(places: Iterable[Place]) -> set[str]:
    """Places in words: `param xs[…]`, `local out`, `class Store.rows`."""
    return {_place(place) for place in places}


def _place(place: Place) -> str:
    return f"{place.root.kind} {place.label}"


def changes(state: State) -> set[str]:
    """Writes in words: `append local out`, with `memo` and `perhaps` where they are that."""
    return {_change(write) for write in state.writes}


def look(state: State) -> set[str]:
    """Reads in words: `param a.n`, with `own` where the piece has surely written it before, and `all of` where everything
    that the object holds may be seen."""
    return {f"{'all of ' * read.whole}{'own ' * (not read.exposed)}{_place(read.place)}" for read in state.reads}


def named(key: Key | None) -> str:
    """A key in words: its text, its places, and `fresh` or `shifted`."""
    if key is None:
        return "nothing"
    return " ".join([key.text or "-", *sorted(told(key.places))] + ["fresh"] * key.fresh + ["shifted"] * key.shifted)


def deeds(state: State) -> set[str]:
    """What is done outside, in words: `write file a.txt`, `read requests - item x`."""
    return {f"{deed.access or 'something'} {deed.space} {named(deed.key)}" for deed in state.deeds}


def ambient(state: State) -> set[str]:
    """Uses of state that no expression names: `write cwd`."""
    return {f"{use.access} {use.what}" for use in state.ambient}


def _change(write: Write) -> str:
    marks = "memo " * write.memo + "perhaps " * (not write.sure and not write.memo)
    return f"{marks}{write.how} {_place(write.place)}"


def said(values: Iterable[Value]) -> set[str]:
    """What an expression may be, in words: `int`, `list[int | str]`, `def double`, `class Shape`, `a Shape`, `some Shape`."""
    return {_value(value) for value in values}


def _value(value: Value) -> str:
    name = value.name.rpartition(":")[2].replace("<locals>.", "").removeprefix("builtins.")
    inner = " | ".join(sorted(_value(each) for each in value.args))
    match value.kind:
        case "function":
            return f"def {name}" + " after a partial" * bool(value.args)
        case "instance":
            return f"a {name}"
        case "class" | "some" | "super" | "module" | "package":
            return f"{value.kind} {name}"
        case "external":
            return f"the {name}"
        case "row" | "record":
            return f"({', '.join(_value(each) for each in value.args)})"
        case "any":
            return inner or "?"
    return f"{name or value.kind}[{inner}]" if inner else name or value.kind


def leads_to(targets: Iterable[Target]) -> set[str]:
    """Where a call may lead, in words: `run`, `Shape.area perhaps`, `the requests.get`, `load in thread`."""
    return {_target(target) for target in targets}


def _target(target: Target) -> str:
    name = target.name.rpartition(":")[2].replace("<locals>.", "")
    marks = " perhaps" * target.conditional + " guessed" * target.guessed
    return f"{'the ' * (target.kind == 'external')}{name}{marks}{f' in {target.callback}' if target.callback else ''}"


def wrong(*row: object, why: str) -> Any:
    """A row whose answer is known to be wrong today, and why."""
    return pytest.param(*row, marks=pytest.mark.xfail(strict=True, reason=why))
