"""Results through the pool's own `map`: columns of arguments, chunks, and the loop that takes the results."""

from __future__ import annotations

import ast
import itertools

from advisor.model.refactor import Needed
from advisor.model.site import SiteKind
from advisor.model.state import RootKind
from advisor.stages.generate.apart import parts_of
from advisor.stages.generate.draft import calm_text, folded
from advisor.stages.generate.flavors import known_items, long_items
from advisor.stages.generate.names import free, may_fail
from advisor.stages.generate.scope import importable
from advisor.stages.generate.worker import Returned
from advisor.stages.generate.workertext import WorkerText

_LONG_LINE = 100
_STARTED = "iterations after the one that ends the loop may have started; what has not begun is cancelled"

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SHORT_FILTER = 50  # characters of a filtered list that may stand among the arguments of `map`
_LONG_COLUMNS = 64  # characters of a function and its arguments that fit beside the rest of a line
_SHORT = 16  # characters of an iterable that may stand in two places
_SEVERAL = 64  # parts into which a long list of short items is cut for processes


class MapText(WorkerText):
    """A loop over what `map` gives, in the order of the items."""

    def _with_map(self, names: Returned, filters: list[str], removed: list[ast.If]) -> str:
        head, draft = self.head, self.draft
        items, sized = head.items, head.sized
        if filters:
            items, sized = f"[{head.item_text} for {head.target_text} in {items} if {' and '.join(filters)}]", True
        walks = (2 if self.wanted or head.bar else 1) + self._columns()
        plain = items.replace(".", "").isidentifier() or (calm_text(items) and not filters and len(items) < _SHORT)
        again = walks > 1 and not (plain and sized) and not self._special(items)
        if again or (filters and len(items) > _SHORT_FILTER):
            name = draft.name("wanted" if filters else "items")
            if filters:
                clause = f"for {head.target_text} in {head.items} if {' and '.join(filters)}"
                draft.above.append(folded(f"{name} = [", head.item_text, clause, "]", draft.indent, self.source.unit))
            else:
                draft.above.append(f"{name} = {items if head.keepable else f'list({items})'}")
            items, sized = name, True
        work = self._mapped(items, rebound=items != head.items, apart=True)
        if work is None:
            work = self._through_definition(names, items)
        chunk = self._chunk(items, sized)
        results = f"{self._pool_name()}.map({work}{chunk})"
        return self._loop_text(names, self._walked(items, filters), results, removed)

    def _columns(self) -> int:
        """How many columns over the items, beyond the first, the arguments of the work make."""
        call = self.made.direct
        if call is None or self._hands_what_fails():
            return 0
        varying = [argument for argument in call.args if free([argument]) & self.head.names]
        return max(0, len(varying) - 1) if self.head.single else 0

    def _special(self, items: str) -> bool:
        """`zip`, `enumerate` and `items()`: cheap to make anew, and their columns have names of their own."""
        head = self.head
        return head.sized and items == head.items and not head.calls and isinstance(head.node, ast.Call)

    def _walked(self, items: str, filters: list[str]) -> str:
        """What the caller's loop walks beside the results: the iterable as it was, bar and all."""
        head = self.head
        return (
            items if filters or (items != head.items and not head.bar) else head.iterable.replace(head.items, items, 1)
        )

    def _chunk(self, items: str, sized: bool) -> str:
        case = self.draft.order.case
        if not self.way.isolated or long_items(case) or not self.way.initializer or self._in_try():
            return ""
        known = known_items(case)
        if known is not None:
            return f", chunksize={known // _SEVERAL}" if known // _SEVERAL > 1 else ""
        return f", chunksize=max(1, len({items}) // {_SEVERAL})" if sized and items.isidentifier() else ", chunksize=4"

    def _mapped(self, items: str, *, rebound: bool, apart: bool = False) -> str | None:
        """`function, items, …` where each argument of the one call is a column of its own, a long one above if `apart`."""
        call = self.made.direct
        if call is None or self.own or not self._callable(call) or self.heavy or self._hands_what_fails():
            return None
        if any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
            return None
        names = self.head.names
        varies = [bool(free([argument]) & names) for argument in call.args]
        if any(free([keyword.value]) & names for keyword in call.keywords) or not any(varies):
            return None
        function = self.source.segment(call.func)
        if any("\n" in self.source.segment(part) for part in (*call.args, *call.keywords)):
            return None
        if self._looks_up():
            return None  # the worker does, so that what fails does so in its turn
        leading = varies.index(True)
        bound = [self.source.segment(argument) for argument in call.args[:leading]]
        bound += [self.source.segment(keyword) for keyword in call.keywords]
        columns = []
        for argument, varying in zip(call.args[leading:], varies[leading:], strict=True):
            text = self.source.segment(argument)
            column = self.head.column(text, items, rebound=rebound) if varying else f"repeat({text})"
            if column is None or (self.way.whole and not varying):
                return None
            column = f"[{column[1:-1]}]" if self.way.whole and " for " in column else column
            columns.append(column)
        if sum(" for " in column for column in columns) > 1:
            return None
        if apart and len(function) + sum(map(len, [*bound, *columns])) > _LONG_COLUMNS:
            for index, column in enumerate(columns):
                if " for " in column:
                    columns[index] = self.draft.name("arguments")
                    self.draft.above.append(f"{columns[index]} = {column}")
        if bound:
            function = f"partial({', '.join([function, *bound])})"
            self.draft.needs.add(Needed("functools", "partial"))
        if any(column.startswith("repeat(") for column in columns):
            self.draft.needs.add(Needed("itertools", "repeat"))
        return ", ".join([function, *columns])

    def _hands_what_fails(self) -> bool:
        """May working out what is handed over fail, which comes after the results of the items before?"""
        call = self.made.direct
        if call is None or self.own or self.heavy:
            return False  # a worker works it out
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        awaits = any(isinstance(node, ast.Await) for part in given for node in ast.walk(part))
        return not awaits and may_fail(given)

    def _fails_in_turn(self) -> bool:
        """May working out what is handed over fail, and must then do so after the results of the items before?"""
        return self._hands_what_fails() or self._looks_up()

    def _looks_up(self) -> bool:
        """Does working out what is handed over look up an entry that may be missing, where the caller would notice that it came
        before the results of earlier items?"""
        call = self.made.direct
        given = () if call is None else (a for a in call.args if free([a]) & self.head.names)
        return any(map(_may_fail, given)) and (self._in_try() or self._is_seen())

    def _in_try(self, *others: type[ast.stmt]) -> bool:
        """Does the function go on after a failure, with what came before it? Of a chunk that fails nothing comes back. `others`
        are further blocks that may have it do so."""
        above = itertools.takewhile(lambda each: not isinstance(each, _FUNCTIONS), self.source.above(self.draft.loop))
        return any(isinstance(each, (ast.Try, *others)) for each in above)

    def _is_seen(self) -> bool:
        """Does the caller do something with the results that outlives a failure? All items are drawn before the first."""
        if self.draft.order.site.kind is not SiteKind.FOR:
            return False
        rest = parts_of(self.draft, self.made).rest
        written = any(write.place.root.kind is not RootKind.LOCAL for write in rest.writes)
        return bool(rest.deeds or rest.ambient or rest.acted or written)

    def _callable(self, call: ast.Call) -> bool:
        """Can the workers be handed the function as it is?"""
        if free([call.func]) & self.head.names:
            return False
        return not self.way.isolated or importable(self.source, call.func, self.draft.loop)

    def _through_definition(self, names: Returned, items: str) -> str:
        """`worker, items` after the worker has been written."""
        head = self.head
        needed = [name for name in head.ordered if name in self.made.needed]
        first: list[str] = []
        if head.single:
            parameters = [head.item_text]
        elif (
            len(needed) == 1
            and items == head.items
            and (column := head.column(needed[0], items, rebound=False))
            and " for " not in column
        ):
            parameters, items = needed, column
        else:
            parameters, first = self._one_item()
        return f"{self._define(names, parameters, first)}, {items}"

    def _one_item(self) -> tuple[list[str], list[str]]:
        """The parameter of a worker that takes an item as a whole, and the line that takes it apart."""
        head = self.head
        if head.single:
            return [head.item_text], []
        parameter = self.draft.name("item")
        unused = [n if n in self.made.needed else "_" for n in head.ordered]
        return [parameter], [f"{', '.join(unused) if head.flat else head.target_text} = {parameter}"]


def _may_fail(argument: ast.expr) -> bool:
    """Does it look up an entry, which need not be there, or divide by what may be nothing?"""
    for node in ast.walk(argument):
        match node:
            case ast.Subscript(slice=ast.Slice() | ast.Constant(value=int())):
                continue  # of a row whose length is known, mostly
            case ast.Subscript():
                return True
            case ast.BinOp(op=ast.Div() | ast.FloorDiv() | ast.Mod(), right=by) if not isinstance(by, ast.Constant):
                return True
    return False
