"""Runs a program under Scalene in the user's interpreter, and counts the rounds of its loops on the way.

Started by path, so that the interpreter needs Scalene and nothing of the advisor: `child.py PARENT OUTCOME
ROOT SCALENE-ARGUMENTS… PROGRAM --- ITS-ARGUMENTS…`.
What Scalene's samples cannot tell, how many rounds made up a loop's time, is counted in the files under ROOT. Each loop
with a call in it walks its iterable through `_each`, which takes the length of a list or range at once and costs
nothing more; loops without a call are not worth a count. Line numbers stay, and nothing compiled this way is kept.
"""

from __future__ import annotations

import ast
import builtins
import importlib.machinery
import json
import os
import signal
import sys
import types
from contextlib import suppress
from typing import Any, Iterable, Iterator, List, Tuple

_SIZED: Tuple[type, ...] = (
    list,
    tuple,
    range,
    dict,
    set,
    frozenset,
    str,
    bytes,
    type({}.keys()),
    type({}.values()),
    type({}.items()),
)
_ENTRIES, _ROUNDS, _EACH = "__advisor_entries__", "__advisor_rounds__", "__advisor_each__"
_LOOPS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_ASK_WHEN_PARENT_ENDS = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>
_CHATTER = ("Scalene: profile saved", "Scalene: The specified", "Scalene can only", "By default, Scalene", "To track")


class Counter:
    """Compiles files with counters in their loops: `places`, `entries` and `rounds` go together by position."""

    def __init__(self, root: str) -> None:
        self.root = os.path.join(os.path.realpath(root), "")
        self.places: List[Tuple[str, int, int]] = []
        self.entries: List[int] = []
        self.rounds: List[int] = []
        for name, value in ((_ENTRIES, self.entries), (_ROUNDS, self.rounds), (_EACH, self._each)):
            setattr(builtins, name, value)

    def wants(self, path: str) -> bool:
        """Is it a file of the project, and not of an environment that lies in it?"""
        real = os.path.realpath(path)
        installed = "site-packages" in real or real.startswith(os.path.join(sys.prefix, ""))
        return real.startswith(self.root) and not installed

    def compile(self, source: Any, path: str) -> types.CodeType:
        """The code of a file, its loops counted. SyntaxError as `compile` raises it."""
        tree = _Counting(self, path, ast.parse(source, path)).counted()
        code: types.CodeType = compile(tree, path, "exec", dont_inherit=True)
        return code

    def place(self, path: str, node: ast.AST, lines: List[bytes]) -> int:
        line, column = node.lineno, node.col_offset  # type: ignore[attr-defined]
        before = lines[line - 1][:column].decode("utf-8", "replace")  # Python counts bytes, the advisor characters
        self.places.append((path, line, len(before)))
        self.entries.append(0)
        self.rounds.append(0)
        return len(self.places) - 1

    def _each(self, iterable: Iterable[Any], index: int) -> Iterable[Any]:
        self.entries[index] += 1
        if type(iterable) in _SIZED:
            self.rounds[index] += len(iterable)  # type: ignore[arg-type]
            return iterable
        return self._one_by_one(iter(iterable), index)

    def _one_by_one(self, iterator: Iterator[Any], index: int) -> Iterator[Any]:
        rounds = 0
        try:
            for item in iterator:
                rounds += 1
                yield item
        finally:
            self.rounds[index] += rounds


class _Counting(ast.NodeTransformer):
    def __init__(self, counter: Counter, path: str, tree: ast.Module) -> None:
        self._counter, self._path, self._tree = counter, path, tree
        with open(path, "rb") as file:
            self._lines = file.read().split(b"\n")

    def counted(self) -> ast.Module:
        tree: ast.Module = self.visit(self._tree)
        return ast.fix_missing_locations(tree)

    def visit(self, node: ast.AST) -> Any:
        index = self._counter.place(self._path, node, self._lines) if _is_worth_counting(node) else None
        self.generic_visit(node)
        if index is None:
            return node
        if isinstance(node, ast.While):
            node.body.insert(0, _add_one(_ROUNDS, index, node))
            return [_add_one(_ENTRIES, index, node), node]
        if isinstance(node, ast.For):
            stops_early = any(isinstance(inner, (ast.Break, ast.Return)) for inner in ast.walk(node))
            node.iter = _walked(_called("iter", node.iter) if stops_early else node.iter, index)
        elif isinstance(node, ast.Call):
            node.args[1] = _walked(node.args[1], index)
        else:
            first = node.generators[0]  # type: ignore[attr-defined]
            first.iter = _walked(first.iter, index)
        return node


def _is_worth_counting(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        is_map = isinstance(node.func, ast.Name) and node.func.id == "map"
        return is_map and len(node.args) > 1 and not any(isinstance(each, ast.Starred) for each in node.args)
    if not isinstance(node, _LOOPS):
        return False
    if not isinstance(node, (ast.For, ast.While)) and node.generators[0].is_async:
        return False
    return any(isinstance(inner, (ast.Call, ast.Await)) for inner in ast.walk(node) if inner is not node)


def _walked(iterable: ast.expr, index: int) -> ast.expr:
    return _called(_EACH, iterable, ast.copy_location(ast.Constant(index), iterable))


def _called(name: str, iterable: ast.expr, *more: ast.expr) -> ast.expr:
    return ast.copy_location(ast.Call(ast.Name(name, ast.Load()), [iterable, *more], []), iterable)


def _add_one(name: str, index: int, node: ast.AST) -> ast.stmt:
    cell = ast.Subscript(ast.Name(name, ast.Load()), ast.Constant(index), ast.Store())
    return ast.copy_location(ast.AugAssign(cell, ast.Add(), ast.Constant(1)), node)


def _count_imports(counter: Counter) -> None:
    """Modules of the project are compiled anew, whatever bytecode lies about, and theirs is not written."""
    loader = importlib.machinery.SourceFileLoader
    as_usual = loader.get_code

    def get_code(self: importlib.machinery.SourceFileLoader, fullname: str) -> Any:
        path = self.get_filename(fullname)
        return counter.compile(self.get_data(path), path) if counter.wants(path) else as_usual(self, fullname)

    loader.get_code = get_code  # type: ignore[method-assign, assignment]


def main() -> None:
    started = [sys.executable, *sys.argv]
    parent, outcome, root, *arguments = sys.argv[1:]
    _end_with(int(parent))
    sys.path[0] = os.getcwd() if "-m" in arguments else ""
    if not sys.path[0]:
        del sys.path[0]  # Scalene puts the script's folder there
    try:
        from scalene import scalene_profiler
    except ImportError as error:
        _write(outcome, {"missing": str(error)})
        sys.exit(1)
    with suppress(ImportError):  # Scalene does so in its signal handler, which breaks an import that it interrupts
        importlib.import_module("resource")
    counter, process, preload = Counter(root), os.getpid(), scalene_profiler.ScalenePreload
    _count_imports(counter)

    def compile_program(source: Any, path: str, mode: str, *flags: Any) -> Any:
        return counter.compile(source, path) if counter.wants(path) else compile(source, path, mode, *flags)

    def say(*words: Any, **options: Any) -> None:
        if not str(words[0] if words else "").lstrip().startswith(_CHATTER):
            print(*words, **options)

    def prepare(options: Any) -> bool:
        """Sets what Scalene needs in the environment. It would start a second interpreter for it, which nothing counts in."""
        needed = preload.get_preload_environ(options)
        new = {name for name, value in needed.items() if os.environ.get(name) != value}
        os.environ.update(needed)
        if new - {"SCALENE_ALLOCATION_SAMPLING_WINDOW"}:  # only what is read when an interpreter starts
            os.execv(sys.executable, started)
        return False

    scalene_profiler.ScalenePreload.setup_preload = prepare
    # Scalene would put itself between the program and the interpreters it starts, and outlive them when they are killed
    scalene_profiler.redirect_python = lambda *_: sys.executable
    scalene_profiler.compile = compile_program
    scalene_profiler.print = say  # what it has to say about the profile is ours to say
    sys.modules["__main__"] = types.ModuleType("__main__")  # where the program's names go
    end = arguments.index("---")
    sys.argv = ["scalene", *arguments[:end]]
    options, program = scalene_profiler.ScaleneParseArgs.parse_args()
    # Scalene would read the program's options as its own, and refuse what it cannot tell apart
    scalene_profiler.ScaleneParseArgs.parse_args = lambda: (options, [*program, *arguments[end + 1 :]])
    try:
        scalene_profiler.Scalene.main()
    finally:
        if os.getpid() == process:
            loops = [
                {"path": path, "line": line, "column": column, "entries": entries, "rounds": rounds}
                for (path, line, column), entries, rounds in zip(counter.places, counter.entries, counter.rounds)
                if entries
            ]
            _write(outcome, {"loops": loops, "python": ".".join(map(str, sys.version_info[:3]))})


def _end_with(parent: int) -> None:
    """Where the system can tell, this process is asked to end when its parent has, whatever ended that."""
    if sys.platform == "linux":
        with suppress(Exception):
            ctypes = importlib.import_module("ctypes")
            ctypes.CDLL(None).prctl(_ASK_WHEN_PARENT_ENDS, int(signal.SIGTERM), 0, 0, 0)
        if os.getppid() != parent:  # it was quicker
            sys.exit(1)


def _write(file: str, outcome: Any) -> None:
    with open(file, "w", encoding="utf-8") as stream:
        json.dump(outcome, stream)


if __name__ == "__main__":
    main()
