"""Imports: the files of the project that a module imports, and which modules make a program together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from advisor.model import code, tree
from advisor.model.facts import ModuleFacts
from advisor.questions.tests import is_test

Finder = Callable[[str, str, int], tuple[str, ...]]
"""Names the project's files to which an import leads: `find(importer, module, level)`."""


def imported(module: ModuleFacts, find: Finder) -> Iterator[str]:
    """The project's files that `module` imports, whether or not the import succeeds in the end."""
    for statement in _statements(module.body):
        for name in statement.names:
            if name.attribute is None or name.module:
                yield from find(module.path, name.module, name.level)
            if name.attribute not in (None, "*"):
                inner = f"{name.module}.{name.attribute}" if name.module else str(name.attribute)
                yield from find(module.path, inner, name.level)


def _statements(body: tree.Block) -> Iterator[code.Import]:
    for statement in tree.statements(body):
        if isinstance(statement, code.Import):
            yield statement
        elif isinstance(statement, code.Function | code.Class):
            yield from _statements(statement.body)


def in_small_programs(imports: Mapping[str, Iterable[str]], most: int) -> frozenset[str]:
    """The modules that belong to a program of `most` modules at most, where at least half of the project's modules do.

    `imports` tells of each module what it imports of the project. Two modules are of one program where one imports the
    other, or both belong with a third; tests are of the whole project. A script beside a large program is in no small
    one: of ten pieces of advice on such scripts in public projects none was right.
    """
    leader: dict[str, str] = {}

    def program(path: str) -> str:
        while (upper := leader.setdefault(path, path)) != path:
            leader[path] = path = leader[upper]
        return path

    for path, others in imports.items():
        for other in (path, *others):
            if not is_test(path) and not is_test(other):
                leader[program(other)] = program(path)
    size = Counter(map(program, leader))
    small = frozenset(path for path in leader if size[program(path)] <= most)
    return small.union(filter(is_test, imports)) if 2 * len(small) >= len(leader) else frozenset()
