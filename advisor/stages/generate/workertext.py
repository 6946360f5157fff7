"""The worker of a loop written where the executor can reach it, with what it is given beside the item."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from advisor.model.refactor import Needed
from advisor.stages.generate import clients
from advisor.stages.generate.failures import may_stop
from advisor.stages.generate.initializer import Initializer
from advisor.stages.generate.looptext import LoopText
from advisor.stages.generate.names import binds
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.scope import bound_by_loops, check_public, made_in_a_function
from advisor.stages.generate.worker import Returned, definition

_LONG_LINE = 100
_STARTED = "iterations after the one that ends the loop may have started; what has not begun is cancelled"


class WorkerText(LoopText):
    """A loop whose worker can be written: inside the function for threads, at the level of the module for processes."""

    def _define(self, names: Returned, parameters: Sequence[str], first: list[str]) -> str:
        """Writes the worker where it belongs; how to call it, with what it needs beside the item bound to it."""
        draft, made = self.draft, self.made
        value = None
        if made.expression is not None:
            depth = (
                1
                + (made.block is not None)
                + bool(self.gate and not self.way.through and not isinstance(made.block, ast.AsyncWith))
            )
            inner = ("" if self.way.isolated else draft.indent) + self.source.unit * depth
            value = self.source.moved(made.expression, inner)
            if "\n" in value and not isinstance(made.expression, ast.Call | ast.ListComp | ast.DictComp | ast.SetComp):
                value = f"({value})"
        rebound = made.needed & bound_by_loops(self.source, draft.loop) - self.head.names - binds(made.prepare)
        given = rebound | (self.captured if self.way.isolated else frozenset())
        extra = sorted(given - set(self.own) - set(made.private) - self.heavy)
        for each in sorted(given) if self.way.isolated else ():
            if made_in_a_function(self.source, draft.loop, each):
                raise Refused(
                    "unpicklable-function", f"the work needs `{each}`, which cannot be sent to a process", draft.loop
                )
        if self.way.isolated:
            check_public(self.source, made.nodes, draft.loop)
        function = draft.order.site.function.rpartition(":")[2].rpartition(".")[2].strip("<>_")
        told = [name for name in self.head.ordered if name != "_"]
        subject = next((name for name in told if name in made.needed), next(iter(told), "item"))
        private = f"_{function}_{subject}".replace("__", "_")
        name = draft.module_name(private) if self.way.isolated else draft.name(f"work_on_{subject}")
        gate = "" if self.way.through else self.gate
        start = Initializer()
        first = [*self._first_lines(start), *first]
        text = definition(
            self.source, made, name, [*extra, *parameters], names, value, "" if self.way.isolated else draft.indent,
            asynchronous=self.way.tasks and not self.way.through, gate=gate, first=first, early=self.worker_guards,
        )  # fmt: skip
        start.install(draft, name)
        if self.way.isolated:
            draft.module.append(text)
        else:
            draft.above.append(text)
        if not extra:
            return name
        draft.needs.add(Needed("functools", "partial"))
        return f"partial({name}, {', '.join(extra)})"

    def _first_lines(self, start: Initializer) -> list[str]:
        """What a worker begins with: the client of its own, and what its process was given when it started."""
        lines: list[str] = []
        for name in sorted(self.heavy):
            shared = self.draft.module_name(f"_{name}")
            start.keep(shared, name, [name])
            lines.append(f"{name} = {shared}")
        for name, own in self.own.items():
            if self.way.isolated:
                lines += clients.in_a_process(self.draft, name, own, start)
            else:
                lines += clients.in_a_thread(self.draft, name, own, may_stop=may_stop(self.draft, self.made))
        return lines

    def _pool_name(self) -> str:
        return self.draft.opens.rpartition(" as ")[2].rstrip(":")
