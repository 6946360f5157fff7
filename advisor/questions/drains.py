"""Drains: does everyone who calls a generator take all of its items, so that nothing is lost by making them ahead, and change
nothing meanwhile that making them needs?"""

from __future__ import annotations

from dataclasses import dataclass, field

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.program import FunctionInfo, Program
from advisor.model.state import GENERATORS, LINES, Access, Ambient, Key, Piece, RootKind, State
from advisor.model.summary import Summaries
from advisor.questions.bars import bar_made
from advisor.questions.calls import last_name
from advisor.questions.interference import View, clashes, meetings

_TAKE_ALL = frozenset("list tuple set frozenset dict sorted sum max min join extend update deque Counter fsum".split())
_COMES_AND_GOES = (Access.WRITE, Access.CREATE, Access.DELETE)
_PASS_ON = frozenset("enumerate zip filter".split())
_MOST_CALLERS = 20


@dataclass(frozen=True, slots=True)
class Drain:
    """Who takes what the generators of a program give."""

    program: Program
    summaries: Summaries
    catalog: Catalog
    _known: dict[tuple[str, int], bool] = field(default_factory=dict)

    def takes_all(self, info: FunctionInfo, depth: int = 2) -> bool:
        """Do all callers of the generator take every item: by `list()`, by a comprehension, by a `for` that nothing leaves
        and that changes nothing between two items that the generator would see?

        False where no caller is known. A caller that hands the generator on, by `return` or `yield from`, is as good as its
        own callers.
        """
        if not info.is_generator:
            return False
        if (info.id, depth) not in self._known:
            self._known[info.id, depth] = self._everywhere(info, depth)
        return self._known[info.id, depth]

    def _everywhere(self, info: FunctionInfo, depth: int) -> bool:
        places = self.program.callers(info.id)
        return 0 < len(places) <= _MOST_CALLERS and all(
            self._here(self.program.functions[caller], call, depth) for caller, call in places
        )

    def _here(self, caller: FunctionInfo, call: code.Call, depth: int) -> bool:
        """Is everything taken that one call in `caller` gives?"""
        given = _passed_on(self.program, self.catalog, caller, call)
        for statement in caller.statements:
            match statement:
                case code.For(iterable=iterable, body=body) if iterable is given:
                    return self._walks(caller, call, body, depth)
                case code.Return(value=value) if value is given:
                    return depth > 0 and self._everywhere(caller, depth - 1)
            for head in tree.heads(statement):
                for node in tree.every(head):
                    if isinstance(node, code.Yield) and node.delegates and node.value is given:
                        return depth > 0 and self.takes_all(caller, depth - 1)
                    if _takes(node, given):
                        return self._is_apart(
                            caller, call, Piece(caller.id, expressions=(node,), without=frozenset({id(call)}))
                        )
        return False

    def _walks(self, caller: FunctionInfo, call: code.Call, body: tree.Block, depth: int) -> bool:
        """Does a loop with this body take all? One that yields itself goes as far as its own callers take it."""
        if _may_be_left(body) or not self._is_apart(caller, call, Piece(caller.id, body)):
            return False
        lazy = any(isinstance(node, code.Yield) for node in tree.expressions(body))
        return not lazy or (depth > 0 and self.takes_all(caller, depth - 1))

    def _is_apart(self, caller: FunctionInfo, call: code.Expr, taker: Piece) -> bool:
        """May items be made while the taker is still at work on those before: does neither need what the other changes?"""
        making = self.summaries.state(Piece(caller.id, expressions=(call,)))
        taking = self.summaries.state(taker)
        seen = View(self.program.objects, caller.id)
        return not (
            any(True for _ in clashes(seen, taking, making, apart=False))
            or any(True for _ in clashes(seen, making, taking, apart=False))
            or any(True for _ in meetings(taking.deeds, making.deeds, frozenset()))
            or _changes_surroundings(taking, making)
        )

    def disturbed(self, info: FunctionInfo, given: code.Expr | None = None) -> int | None:
        """The line of a loop over what a generator gives that changes, between two items, what the next one is made of; of the
        generator expression `given` in `info`, else of the generator `info` itself."""
        places = self.program.callers(info.id) if given is None else ((info.id, given),)
        for function, call in places[:_MOST_CALLERS]:
            caller = self.program.functions[function]
            walked = _passed_on(self.program, self.catalog, caller, call)
            for statement in caller.statements:
                match statement:
                    case code.For(iterable=iterable, body=body) if iterable is walked:
                        if not self._is_apart(caller, call, Piece(caller.id, body)):
                            return statement.line
                        if self._changes_files(caller, call, statement):
                            return statement.line
        return None

    def _changes_files(self, caller: FunctionInfo, call: code.Expr, loop: code.For) -> bool:
        """Does a loop over what is made write, make or remove other files than those of its items, while the making looks at
        some whose names are not written out?"""
        making = self.summaries.state(Piece(caller.id, expressions=(call,)))
        looks = any(
            d.space == "file" and d.access and d.access.looks and not _is_written_out(d.key) for d in making.deeds
        )
        targets = frozenset(tree.bound_names(loop.target))
        bound = frozenset(tree.bound_in(loop.body)) | targets
        taking = self.summaries.state(Piece(caller.id, loop.body, private=bound, targets=targets))
        return looks and any(
            d.space == "file" and d.access in _COMES_AND_GOES and not _is_of_item(d.key) for d in taking.deeds
        )


def _is_written_out(key: Key | None) -> bool:
    """Is it one name that stands in the source?"""
    return key is not None and not (key.places or key.partial or "|" in key.text)


def _is_of_item(key: Key | None) -> bool:
    """Is it named by an item, which has been made when that is used?"""
    return key is not None and not key.shifted and any(p.root.kind is RootKind.ITEM for p in key.places)


def _changes_surroundings(taking: State, making: State) -> bool:
    """Does the taker change the working directory, the environment or the like that the making goes by?"""
    changed = {use.what for use in taking.ambient if use.access is not Access.READ} - LINES - GENERATORS
    in_folder = Ambient.CWD in changed and any(deed.space == "file" for deed in making.deeds)
    return in_folder or any(use.what in changed for use in making.ambient)


def _passed_on(program: Program, catalog: Catalog, caller: FunctionInfo, call: code.Expr) -> code.Expr:
    """What gives the same items, one by one, as `call` does: `enumerate(call)`, `(f(x) for x in call)`."""
    given = _by_name(caller, call)
    for _ in range(3):  # so often one is put around the other in code that people can read
        for node in caller.expressions:
            match node:
                case code.Call(arguments=arguments) if any(a is given for a in arguments):
                    if last_name(node) in _PASS_ON or bar_made(program, catalog, caller.id, node) is not None:
                        given = node
                        break
                case code.Comprehension(kind="generator", clauses=(first, *_)) if first.iterable is given:
                    given = node
                    break
    return given


def _by_name(caller: FunctionInfo, call: code.Expr) -> code.Expr:
    """The one place that reads the variable which holds the generator, where it has one; else the call itself."""
    for statement in caller.statements:
        match statement:
            case code.Assign(targets=(code.Name(id=name),), value=value, operator=None) if value is call:
                nested = any(isinstance(each, code.Function | code.Class) for each in caller.statements)
                reads = [n for n in caller.expressions if isinstance(n, code.Name) and n.id == name]
                reads = [node for node in reads if node is not statement.targets[0]]
                once = sum(bound == name for bound in tree.bound_in(caller.body)) == 1
                return reads[0] if once and len(reads) == 1 and not nested else call
    return call


def _takes(node: code.Expr, given: code.Expr) -> bool:
    """Does `node` take all that `given` gives: `sorted(given)`, `[… for x in given]`, `f(*given)`?"""
    match node:
        case code.Call(arguments=arguments) if last_name(node) in _TAKE_ALL:
            return any(argument is given for argument in arguments)
        case code.Comprehension(kind="list" | "set" | "dict", clauses=clauses):
            return clauses[0].iterable is given
        case code.Starred(value=value):
            return value is given
    return False


def _may_be_left(body: tree.Block) -> bool:
    """May the loop be left before its end?"""
    return any(isinstance(statement, code.Return) for statement in tree.statements(body)) or _breaks(body)


def _breaks(block: tree.Block) -> bool:
    for statement in block:
        if isinstance(statement, code.Jump) and statement.kind == "break":
            return True
        inner = () if isinstance(statement, code.For | code.While | code.Class) else tree.blocks(statement)
        if any(_breaks(each) for each in inner):
            return True
    return False
