"""Count the rounds of loops in a real run: `count_rounds.py OUT ROOT… -- (PROGRAM | -m MODULE) ARGUMENTS…`.

Runs a program as `python` would, with every loop of the files under a ROOT counted: `for`, each clause of a
comprehension, `while`, and the runs of functions that call themselves for each call from outside. At the end the counts
stand in OUT, as JSON. It needs nothing but the standard library, so that the interpreter may be the program's own.
`async for` and generators that nobody starts are not counted, nor are test files and what a child process runs.
"""

from __future__ import annotations

import ast
import atexit
import builtins
import importlib.machinery
import json
import os
import re
import runpy
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from types import CodeType
from typing import Any, NamedTuple

_SIZED = (list, tuple, range, dict, set, frozenset, str, bytes, type({}.keys()), type({}.values()), type({}.items()))
_EACH, _ALL, _ENTER, _LEAVE, _CALL, _DONE = (f"__rounds_{name}__" for name in "each all enter leave call done".split())
_TEST = re.compile(r"(^|/)(tests?|testing)/|(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$")
_EXACT = 1000  # larger numbers are kept with three digits, so that what a loop did stays short


class Place(NamedTuple):
    """A loop (`part` counts the clauses of a comprehension), or a function that calls itself."""

    path: str
    line: int
    column: int
    part: int
    is_function: bool


class Counts:
    """How often each place was entered with how many rounds."""

    def __init__(self, roots: Iterable[str]) -> None:
        self.roots = [os.path.join(os.path.realpath(root), "") for root in roots]
        self.places: list[Place] = []
        self.rounds: list[Counter[int]] = []
        self._open = threading.local()
        told = (self.each, self.all, self.enter, self.leave, self.call, self.done)
        for name, value in zip((_EACH, _ALL, _ENTER, _LEAVE, _CALL, _DONE), told, strict=True):
            setattr(builtins, name, value)

    def name(self, path: str) -> str | None:
        """The name under its root of a file that is counted."""
        real = os.path.realpath(path)
        root = next((root for root in self.roots if real.startswith(root)), None)
        if root is None or "site-packages" in real[len(root) :] or _TEST.search(real[len(root) :]):
            return None
        return real[len(root) :]

    def place(self, place: Place) -> int:
        self.places.append(place)
        self.rounds.append(Counter())
        return len(self.places) - 1

    def note(self, index: int, rounds: int) -> None:
        if rounds >= _EXACT:
            rounds = int(float(f"{rounds:.2e}"))
        self.rounds[index][rounds] += 1

    def all(self, iterable: Any, index: int) -> Any:
        """`iterable`, which is walked to its end unless something fails."""
        if type(iterable) in _SIZED:
            self.note(index, len(iterable))
            return iterable
        return self.each(iterable, index)

    def each(self, iterable: Any, index: int) -> Iterator[Any]:
        """`iterable`, of which some may be left."""
        return self._walk(iter(iterable), index)

    def _walk(self, iterator: Iterator[Any], index: int) -> Iterator[Any]:
        rounds = 0
        try:
            for item in iterator:
                rounds += 1
                yield item
        finally:
            self.note(index, rounds)

    def enter(self) -> list[int]:
        """The counter of one entry to a `while`."""
        return [0]

    def leave(self, cell: list[int], index: int) -> None:
        self.note(index, cell[0])

    def call(self, index: int) -> None:
        """A function that calls itself begins to run."""
        running = self._running(index)
        running[0] += 1
        running[1] += 1

    def done(self, index: int) -> None:
        running = self._running(index)
        running[0] -= 1
        if running[0] == 0:
            self.note(index, running[1])
            running[1] = 0

    def _running(self, index: int) -> list[int]:
        """How deep the function is in itself, and how often it has run since it was called from outside."""
        of_thread: dict[int, list[int]] = self._open.__dict__
        return of_thread.setdefault(index, [0, 0])

    def written(self) -> str:
        kept = zip(self.places, self.rounds, strict=True)
        return json.dumps([{**place._asdict(), "rounds": sorted(rounds.items())} for place, rounds in kept if rounds])


class _Counting(ast.NodeTransformer):
    """Puts the counters into the tree of one file."""

    def __init__(self, counts: Counts, name: str, source: bytes) -> None:
        self._counts, self._name, self._lines = counts, name, source.split(b"\n")

    def _place(self, node: Any, part: int = 0) -> int:
        before = self._lines[node.lineno - 1][: node.col_offset].decode("utf-8", "replace")
        is_function = isinstance(node, ast.FunctionDef)
        return self._counts.place(Place(self._name, node.lineno, len(before), part, is_function))

    def visit_For(self, node: ast.For) -> ast.For:
        index, leaves = self._place(node), _may_leave(node)
        self.generic_visit(node)
        node.iter = _called(_EACH if leaves else _ALL, node.iter, index)
        return node

    def visit_While(self, node: ast.While) -> list[ast.stmt]:
        index = self._place(node)
        self.generic_visit(node)
        cell = f"_rounds_{index}_"
        start, step, end = ast.parse(f"{cell} = {_ENTER}()\n{cell}[0] += 1\n{_LEAVE}({cell}, {index})").body
        node.body.insert(0, step)
        return [_at(start, node), _at(ast.Try([node], [], [], [_at(end, node)]), node)]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        index = self._place(node) if _names_itself(node) else None
        self.generic_visit(node)
        if index is not None:
            begin, end = ast.parse(f"{_CALL}({index})\n{_DONE}({index})").body
            first = 1 if ast.get_docstring(node, clean=False) is not None else 0
            rest: list[ast.stmt] = node.body[first:] or [ast.Pass()]
            node.body[first:] = [_at(begin, node), _at(ast.Try(rest, [], [], [_at(end, node)]), node)]
        return node

    def _clauses(self, node: Any) -> Any:
        lazy = isinstance(node, ast.GeneratorExp)
        indices = [self._place(node, part) for part in range(len(node.generators))]
        self.generic_visit(node)
        for index, clause in zip(indices, node.generators, strict=True):
            if not clause.is_async:
                clause.iter = _called(_EACH if lazy else _ALL, clause.iter, index)
        return node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _clauses


def _called(name: str, iterable: ast.expr, index: int) -> ast.expr:
    return ast.copy_location(ast.Call(ast.Name(name, ast.Load()), [iterable, ast.Constant(index)], []), iterable)


def _at(statement: ast.stmt, node: ast.stmt) -> ast.stmt:
    return ast.copy_location(statement, node)


def _may_leave(loop: ast.For) -> bool:
    return any(isinstance(inner, (ast.Break, ast.Return, ast.Yield, ast.YieldFrom)) for inner in ast.walk(loop))


def _names_itself(function: ast.FunctionDef) -> bool:
    calls = (node.func for statement in function.body for node in ast.walk(statement) if isinstance(node, ast.Call))
    return any(_last(called) == function.name for called in calls)


def _last(called: ast.expr) -> str | None:
    match called:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
            return name
    return None


def compiled(counts: Counts, source: bytes, path: str) -> CodeType | None:
    """The code of a file with counters in it; None for one that is not counted."""
    name = counts.name(path)
    if name is None:
        return None
    tree = ast.fix_missing_locations(_Counting(counts, name, source).visit(ast.parse(source, path)))
    return compile(tree, path, "exec", dont_inherit=True)


def count_imports(counts: Counts) -> None:
    """Files that are imported are compiled anew, whatever bytecode lies about, and theirs is not written."""
    loader = importlib.machinery.SourceFileLoader
    as_usual = loader.get_code

    def get_code(self: importlib.machinery.SourceFileLoader, fullname: str) -> CodeType | None:
        path = self.get_filename(fullname)
        code = compiled(counts, self.get_data(path), path) if counts.name(path) is not None else None
        return code or as_usual(self, fullname)

    loader.get_code = get_code  # type: ignore[method-assign, assignment]


def run(counts: Counts, arguments: list[str]) -> None:
    """The program, as `python ARGUMENTS…` runs it."""
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        sys.path[0] = os.getcwd()
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        return
    path = arguments[0]
    sys.argv = arguments
    sys.path[0] = os.path.dirname(os.path.abspath(path))
    with open(path, "rb") as file:
        source = file.read()
    code = compiled(counts, source, path) or compile(source, path, "exec", dont_inherit=True)
    main = sys.modules["__main__"]
    main.__dict__.update(__file__=path, __builtins__=builtins, __name__="__main__", __doc__=None)
    exec(code, main.__dict__)


def start() -> None:
    split = sys.argv.index("--")
    out, *roots = sys.argv[1:split]
    counts, home = Counts(roots), os.getpid()
    out = os.path.abspath(out)

    def write() -> None:
        if os.getpid() == home:
            with open(out, "w", encoding="utf-8") as file:
                file.write(counts.written())

    atexit.register(write)
    count_imports(counts)
    run(counts, sys.argv[split + 1 :])


if __name__ == "__main__":
    start()
