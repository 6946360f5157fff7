"""Sight: what a search for faults may look at, remembered for the whole run, and the clue that it leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.estimate import Target as Machine
from advisor.model.fault import Around
from advisor.model.program import FunctionInfo, Program, Target
from advisor.model.summary import Summaries
from advisor.questions.calls import last_name, receiver
from advisor.questions.locks import is_guard, is_own
from advisor.questions.pools import runs_in_pool
from advisor.questions.tests import is_test
from advisor.stages.faults.spots import Spot, always, base_of, spots

_ASKS = frozenset(["iscoroutine", "iscoroutinefunction", "isawaitable", "is_coroutine_function", "isasyncgenfunction"])


@dataclass(frozen=True, slots=True)
class Clue:
    """Where a fault stands and what proves it; `proof` is the line that shows it (0: the place itself). `aside` when it is
    true, and hardly matters here."""

    line: int
    column: int
    end_line: int
    name: str
    because: str
    proof: int = 0
    aside: bool = False


@dataclass(slots=True)
class Sight:
    """The linked program with what is known of it, and the spots of each function, made when first asked for."""

    program: Program
    summaries: Summaries
    catalog: Catalog
    target: Machine
    _spots: dict[str, tuple[Spot, ...]] = field(default_factory=dict)
    _pooled: dict[str, bool] = field(default_factory=dict)
    _locked: dict[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    _words: dict[str, frozenset[str]] = field(default_factory=dict)
    _folders: dict[str, list[str]] | None = None
    _handing: dict[str, list[tuple[str, code.Call, Target]]] | None = None
    _calling: dict[str, list[tuple[str, code.Call, Target]]] | None = None
    _wraps: list[bool] = field(default_factory=list)
    _threads: list[dict[str, Spot]] = field(default_factory=list)

    def spots(self, info: FunctionInfo) -> tuple[Spot, ...]:
        if info.id not in self._spots:
            self._spots[info.id] = spots(self.program, self.catalog, info, base_of(info, self.in_pool(info.id)))
        return self._spots[info.id]

    def in_pool(self, function: str) -> bool:
        """Does it run in a pool, thread or process: handed over, or only called on the way from what is?"""
        if function not in self._pooled:
            self._pooled[function] = runs_in_pool(self.program, function)
        return self._pooled[function]

    def handing(self, function: str) -> list[tuple[str, code.Call, Target]]:
        """The calls that hand a function to a pool, thread, process or event loop, each with where it stands."""
        if self._handing is None:
            self._handing = self._leading(handed=True)
        return self._handing.get(function, [])

    def in_pool_unnamed(self, function: str) -> bool:
        """Does it run in a pool, though others call it by no name of its own, as what they take out of a list?"""
        if self.in_pool(function) or not self.program.functions[function].is_nested:
            return self.in_pool(function)
        callers = {caller for caller, _, _ in self.calling(function)} - {function}
        return bool(callers) and all(map(self.in_pool, sorted(callers)))

    def calling(self, function: str) -> list[tuple[str, code.Call, Target]]:
        """The calls that run a function by themselves, whatever they call it: a handler that was put into a list, say."""
        if self._calling is None:
            self._calling = self._leading(handed=False)
        return self._calling.get(function, [])

    def _leading(self, *, handed: bool) -> dict[str, list[tuple[str, code.Call, Target]]]:
        found: dict[str, list[tuple[str, code.Call, Target]]] = {}
        for info in self.program.functions.values():
            for call in info.calls:
                for target in self.program.targets(info.id, call):
                    if target.kind == "function" and bool(target.callback) is handed:
                        found.setdefault(target.name, []).append((info.id, call, target))
        return found

    def locked(self, function: str, line: int) -> bool:
        """Is the line of the function inside a `with lock:`, or between `lock.acquire()` and `lock.release()`?"""
        if function not in self._locked:
            info = self.program.functions[function]
            blocks = [s for s in info.statements if isinstance(s, code.With)]
            held = [s for s in blocks if any(self._is_guard(function, context) for context, _ in s.items)]
            self._locked[function] = (*((s.line, s.end_line) for s in held), *self._taken(info))
        return any(first <= line <= last for first, last in self._locked[function])

    def _is_guard(self, function: str, context: code.Expr) -> bool:
        """Is it a lock, or what a function of the project gives that takes one around its block?"""
        if is_guard(self.program, self.catalog, function, context):
            return not is_own(self.program, self.catalog, function, context)
        called = self.program.targets(function, context) if isinstance(context, code.Call) else ()
        return any(
            isinstance(s, code.With) and any(is_guard(self.program, self.catalog, t.name, item) for item, _ in s.items)
            for t in called
            if t.kind == "function" and not t.callback
            for s in self.program.functions[t.name].statements
        )

    def _taken(self, info: FunctionInfo) -> Iterator[tuple[int, int]]:
        """From each `lock.acquire()` to the last `release()` of the same lock behind it, or to the end of the function."""
        if "acquire" not in info.called_names:
            return
        calls = [(call, receiver(call)) for call in info.calls if last_name(call) in ("acquire", "release")]
        for call, lock in calls:
            if lock is not None and last_name(call) == "acquire" and self._is_guard(info.id, lock):
                ends = [other.line for other, same in calls if same == lock and last_name(other) == "release"]
                behind = [line for line in ends if line >= call.line]
                yield call.line, max(behind, default=info.end_line)

    def kinds(self, function: str, expression: code.Expr) -> frozenset[str]:
        """The outside classes that an expression may be an instance of; empty where it may be something else as well."""
        values = self.program.values(function, expression)
        if any(value.kind != "object" for value in values):
            return frozenset()
        return frozenset(self.catalog.canonical(value.name) for value in values)

    def in_thread(self, function: str) -> Spot | None:
        """The call that surely hands the function to a thread, or one which calls it; None where no thread is known to run it,
        and where that has an event loop of its own."""
        if not self._threads:
            self._threads.append({})
            for info in self.program.functions.values():
                if is_test(info.path) or not self._starts_threads(info):
                    continue  # and so are most: what surrounds their calls need not be known
                for spot in self.spots(info):
                    for target in self.program.targets(info.id, spot.call):
                        if target.callback == "thread" and target.kind == "function" and _is_sure(target):
                            below = self._below(target.name, 3)
                            if not any(map(self._has_a_loop, below)):
                                self._threads[0].update(dict.fromkeys(sorted(below - self._threads[0].keys()), spot))
        return self._threads[0].get(function)

    def _starts_threads(self, info: FunctionInfo) -> bool:
        return any(t.callback == "thread" for call in info.calls for t in self.program.targets(info.id, call))

    def _below(self, function: str, depth: int) -> set[str]:
        """A function and the ordinary ones that it calls whenever it runs, directly or through others."""
        info = self.program.functions[function]
        if info.is_async:
            return set()
        runs = {id(statement) for statement in always(info.body)} if depth else set()
        called = [
            t for s in self.spots(info) if id(s.statement) in runs for t in self.program.targets(function, s.call)
        ]
        found = {function}
        for target in called:
            if target.kind == "function" and not target.callback and _is_sure(target) and target.name not in found:
                found |= self._below(target.name, depth - 1)
        return found

    def _has_a_loop(self, function: str) -> bool:
        """Does it start an event loop in the thread that calls it, or ask for the one of this thread?"""
        return any(
            self.catalog.runs_loop(name) or name.endswith("event_loop")
            for spot in self.spots(self.program.functions[function])
            for name in spot.names
        )

    def asks_what_is_a_coroutine(self, info: FunctionInfo) -> bool:
        """Does the function ask of what it calls whether that is a coroutine, or a file of the program put wrappers around all
        that is one? Then an `async def` may be called like any other function."""
        if not self._wraps:
            files = self.program.files.values()
            self._wraps.append(any(any(map(_asks, each)) and any(map(_replaces, each)) for each in files))
        return self._wraps[0] or _asks(info)

    def words(self, path: str) -> frozenset[str]:
        """Every name and short text in the files of the folder of `path` and of the folders around it.

        That is where a program says how its processes start and what its libraries may use.
        """
        folder = path.rpartition("/")[0]
        if folder not in self._words:
            above = self.words(folder) if folder else frozenset[str]()
            own = (info for each in self._files_in(folder) for info in self.program.files[each])
            self._words[folder] = above.union(*map(_words_of, own))
        return self._words[folder]

    def _files_in(self, folder: str) -> list[str]:
        if self._folders is None:
            self._folders = {}
            for path in self.program.files:
                self._folders.setdefault(path.rpartition("/")[0], []).append(path)
        return self._folders.get(folder, [])


def _is_sure(target: Target) -> bool:
    return not (target.guessed or target.conditional)


def _asks(info: FunctionInfo) -> bool:
    return not info.called_names.isdisjoint(_ASKS)


def _replaces(info: FunctionInfo) -> bool:
    """Does it set attributes whose names it works out?"""
    return any(
        tree.callee(call) == "setattr" and len(call.arguments) == 3 and not isinstance(call.arguments[1], code.Literal)
        for call in info.calls
    )


_SETTINGS = ("n_jobs", "check_same_thread")  # keywords that say how threads are dealt with


def _words_of(info: FunctionInfo) -> Iterator[str]:
    for statement in info.statements:
        if isinstance(statement, code.Import):
            yield from (word for each in statement.names for word in (each.attribute, each.module) if word)
        for head in tree.heads(statement):
            yield from filter(None, map(_word, tree.every(head)))


def _word(node: code.Expr) -> str:
    match node:
        case code.Name(id=word) | code.Attribute(name=word):
            return word
        case code.Literal(kind="str", value=str() as text):
            return text
        case code.Call(keywords=keywords):
            return next((k.name for k in keywords if k.name in _SETTINGS), None) or ""
    return ""


Detector = Callable[[Sight, FunctionInfo], Iterator[Clue]]


def at(call: code.Call, name: str, because: str, proof: int = 0) -> Clue:
    """A clue that stands at a call."""
    return Clue(call.line, call.column, call.end_line, name, because, proof)


def written(call: code.Call) -> str:
    """What is called as the reader sees it, for messages."""
    return tree.callee(call) or "a call"


def runs_each_round(spot: Spot) -> bool:
    return Around.LOOP in spot.around
