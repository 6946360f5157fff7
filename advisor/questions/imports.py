"""Imports: the files of the project that a module imports, and which modules make a program together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from advisor.model import code
from advisor.model.facts import ModuleFacts
from advisor.questions.tests import is_test


class Outline(NamedTuple):
    """What a module imports of the project, by path, whether it does something when it is run, and all that it imports, by
    dotted names (`aiohttp.web`)."""

    imports: tuple[str, ...]
    runs: bool
    names: frozenset[str] = frozenset()


Finder = Callable[[str, str, int], tuple[str, ...]]
"""Names the project's files to which an import leads: `find(importer, module, level)`."""


def imported(module: ModuleFacts, find: Finder) -> Iterator[str]:
    """The project's files that `module` imports, whether or not the import succeeds in the end."""
    for name in module.imports:
        if name.attribute is None or name.module:
            yield from find(module.path, name.module, name.level)
        if name.attribute not in (None, "*"):
            inner = f"{name.module}.{name.attribute}" if name.module else str(name.attribute)
            yield from find(module.path, inner, name.level)


def imported_names(module: ModuleFacts) -> Iterator[str]:
    """The dotted names that `module` imports from anywhere: `aiohttp` and `aiohttp.web` for `from aiohttp import web`."""
    for name in module.imports:
        if not name.level:
            yield name.module
            yield f"{name.module}.{name.attribute}" if name.attribute is not None else name.module


def serve(outlines: Mapping[str, Outline], serving: frozenset[str]) -> bool:
    """Does any of the modules, tests aside, import a module of `serving`, or what stands in one?"""
    return any(
        not is_test(path) and any(_is_in(name, serving) for name in outline.names) for path, outline in outlines.items()
    )


def _is_in(name: str, modules: frozenset[str]) -> bool:
    parts = name.split(".")
    return any(".".join(parts[:length]) in modules for length in range(1, len(parts) + 1))


def runs(module: ModuleFacts) -> bool:
    """Does the module do something when it is run: behind a main guard, or in statements of its own?"""
    return any(_runs(statement) for statement in module.body)


def _runs(statement: code.Stmt) -> bool:
    match statement:
        case code.If(test=code.Operation(operands=operands)):
            return any(each == code.Name("__name__") for each in operands)
        case code.Evaluate(value=code.Call()):
            return True
    return isinstance(statement, code.For | code.While | code.With)


def in_small_programs(outlines: Mapping[str, Outline], most: int) -> frozenset[str]:
    """The modules that belong to a program of `most` modules at most, where at least half of the project's modules do.

    `outlines` tells of each module what it imports of the project, and whether it runs. Two modules belong together where
    one imports the other, or both belong with a third; they are a program where one of them runs, or where the project has
    no more. Tests are of the whole project. A script beside a large program is in no small one: of ten pieces of advice on
    such scripts in public projects none was right. Nor are modules that nothing here runs: of eighteen on those, one was.
    """
    leader: dict[str, str] = {}

    def program(path: str) -> str:
        while (upper := leader.setdefault(path, path)) != path:
            leader[path] = path = leader[upper]
        return path

    for path, outline in outlines.items():
        for other in (path, *outline.imports):
            if not is_test(path) and not is_test(other):
                leader[program(other)] = program(path)
    size = Counter(map(program, leader))
    run = {program(path) for path, outline in outlines.items() if outline.runs and path in leader}
    whole = len(leader) <= most
    small = frozenset(p for p in leader if size[program(p)] <= most and (whole or program(p) in run))
    return small.union(filter(is_test, outlines)) if 2 * len(small) >= len(leader) else frozenset()
