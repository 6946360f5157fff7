"""Graph: which things lead to each other, in a circle."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Iterator
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def groups(start: Node, following: Callable[[Node], Iterable[Node]], done: Container[Node]) -> Iterator[list[Node]]:
    """The strongly connected groups reachable from `start` and not yet `done`, those that others lead to first (Tarjan's
    algorithm)."""
    number: dict[Node, int] = {}
    low: dict[Node, int] = {}
    path: list[Node] = []
    on_path: set[Node] = set()
    work: list[tuple[Node, Iterator[Node]]] = []

    def enter(node: Node) -> None:
        number[node] = low[node] = len(number)
        path.append(node)
        on_path.add(node)
        work.append((node, iter(following(node))))

    enter(start)
    while work:
        node, others = work[-1]
        for other in others:
            if other in done:
                continue
            if other not in number:
                enter(other)
                break
            if other in on_path:
                low[node] = min(low[node], number[other])
        else:
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[node])
            if low[node] == number[node]:
                group: list[Node] = []
                while not group or group[-1] != node:
                    group.append(path.pop())
                    on_path.discard(group[-1])
                yield group
