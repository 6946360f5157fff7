"""Written back: a row of a database that every iteration reads, changes and writes again, over one session or one each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.program import Program
from advisor.model.site import Detail, Site
from advisor.questions.calls import entries


def written_back(program: Program, catalog: Catalog, site: Site) -> Iterator[Detail]:
    """`batch = session.get(Batch, batch_id)`, and then `batch.done += 1`: what one iteration wrote there another must read.

    It is the same row where nothing that it is asked for with has to do with the item.
    """
    values = _values(site.body)
    for statement in tree.statements(site.body):
        for changed in _changed(statement):
            name = changed.value
            if not isinstance(name, code.Name) or name.id not in values:
                continue
            asked = next(
                (
                    call
                    for value in values[name.id]
                    for call in tree.every(value)
                    if isinstance(call, code.Call) and _gives_rows(program, catalog, site, call)
                ),
                None,
            )
            if asked is not None and site.targets.isdisjoint(_rests_on(name.id, values)):
                because = f"every iteration changes what the same question (line {asked.line}) gives all of them"
                yield Detail(f"{name.id}.{changed.name}", statement.line, because)
                return


def _changed(statement: code.Stmt) -> Iterator[code.Attribute]:
    targets = statement.targets if isinstance(statement, code.Assign) else ()
    return (target for target in targets if isinstance(target, code.Attribute))


def _gives_rows(program: Program, catalog: Catalog, site: Site, call: code.Call) -> bool:
    return any(entry.rows for _, entry in entries(program, catalog, site.function, call))


def _values(body: tree.Block) -> Mapping[str, list[code.Expr]]:
    """The expressions that each name of a block may get its value from."""
    values: dict[str, list[code.Expr]] = {}

    def put(target: code.Expr | None, value: code.Expr) -> None:
        for name in tree.bound_names(target) if target is not None else ():
            values.setdefault(name, []).append(value)

    for statement in tree.statements(body):
        match statement:
            case code.Assign(targets=targets, value=value) if value is not None:
                for target in targets:
                    put(target, value)
            case code.For(target=target, iterable=iterable):
                put(target, iterable)
            case code.With(items=items):
                for made, name in items:
                    put(name, made)
    return values


def _rests_on(name: str, values: Mapping[str, list[code.Expr]]) -> frozenset[str]:
    """All names that the value of a name is made of, at any remove."""
    found, pending = {name}, [name]
    while pending:
        for value in values.get(pending.pop(), ()):
            named = {node.id for node in tree.every(value) if isinstance(node, code.Name)} - found
            found |= named
            pending += named
    return frozenset(found)
