"""Afterwards: names that each round of a loop gives another value, of which the last one is read once the loop is over."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.program import Program
from advisor.model.site import Site
from advisor.questions.flow import Flow, reads_first

_Way = tuple[tree.Block, bool]  # what runs on the way out of a loop, and whether it surely does


def kept(program: Program, site: Site, ways: Flow) -> dict[str, int]:
    """Those names, each with the line that sets it; but for one that is always set to the same literal."""
    if not isinstance(site.node, code.For | code.While):
        return {}
    set_anew = {
        name: use.written
        for name, use in sorted(ways.names.items())
        if use.written and name not in site.targets
        and not (use.exposed or use.augmented or use.combined or use.tested)
        and not _is_one_literal(site.body, name)
    }  # fmt: skip
    if not set_anew:
        return {}
    info = program.functions[site.function]
    after = _read_on(_ways_out(info.body, site.node))
    return {name: line for name, line in set_anew.items() if name in after or _read_elsewhere(program, site, name)}


def _is_one_literal(body: tree.Block, name: str) -> bool:
    """`failed = True`: whichever round comes last, that is what stays."""
    values = [
        s.value
        for s in tree.statements(body)
        if isinstance(s, code.Assign) and any(name in tree.bound_names(target) for target in s.targets)
    ]
    return all(isinstance(value, code.Literal) and value == values[0] for value in values)


def _ways_out(block: tree.Block, loop: code.Stmt) -> list[_Way] | None:
    """What runs once `loop` is over, innermost first, up to the end of `block`; None where it does not stand in it."""
    for position, statement in enumerate(block):
        if statement is loop:
            return [
                (loop.orelse if isinstance(loop, code.For | code.While) else (), True),
                (block[position + 1 :], True),
            ]
        for inner in tree.blocks(statement):
            found = _ways_out(inner, loop)
            if found is not None:
                return [*found, *_then(statement, inner), (block[position + 1 :], True)]
    return None


def _then(statement: code.Stmt, inner: tree.Block) -> Iterator[_Way]:
    """What of a statement runs behind one of its blocks."""
    match statement:
        case code.For(body=body) if inner is body:
            yield body, False
        case code.While(body=body) if inner is body:
            yield (statement,), False
        case code.Try(body=body, orelse=orelse, final=final) if inner is not final:  # handlers run where it is not over
            if inner is body:
                yield orelse, True
            yield final, True


def _read_on(ways: list[_Way] | None) -> frozenset[str]:
    """The names that are read on these ways before they get another value."""
    found: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    for block, sure in ways or ():
        read, after = reads_first(block, given)
        found |= read
        if after is None and isinstance(block[-1], code.Return):
            break
        given = after if sure and after is not None else given
    return found


def _read_elsewhere(program: Program, site: Site, name: str) -> bool:
    """Do other functions see the variable, which are not made anew in each round? One that is declared `global` is there for
    them."""
    home = program.objects.home(site.function, name)
    if home != site.function:
        return True
    here = program.functions[site.function].path
    inside = range(site.line, site.end_line + 1)
    others = (info for info in program.files[here] if info.id != site.function and info.line not in inside)
    return any(name in info.names_read and program.objects.home(info.id, name) == home for info in others)
