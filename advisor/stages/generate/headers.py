"""The head of a loop: what is walked, what a round gets of it, and which part of the body only keeps a `while` going."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from advisor.questions import bars
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.names import binds, calm, dotted, here, jumps, reads
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.source import Source

_TAKES = frozenset({"pop", "popleft", "get", "get_nowait"})
_ITERATORS = frozenset({"enumerate", "zip", "reversed"})


@dataclass(frozen=True, slots=True)
class Head:
    """`iterable` is what the loop walks as written, `items` the same without a progress bar around it; `target` is bound to
    each. `body` are the statements of a round, `gone` those that only keep a `while` loop going. `sized`: can be walked
    twice, written out; `lazy`: comes into being while it is walked. `above` defines what `items` calls.
    """

    iterable: str
    items: str
    target: ast.expr | None
    target_text: str
    body: list[ast.stmt]
    gone: tuple[ast.stmt, ...]
    ordered: tuple[str, ...]
    node: ast.expr | None
    sized: bool
    lazy: bool
    bar: bool = False
    asynchronous: bool = False
    above: str = ""
    walks: str = ""

    @property
    def clauses(self) -> str:
        """What stands between `for` and `if` in a comprehension over the items."""
        return self.walks or f"{self.target_text} in {self.items}"

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.ordered)

    @property
    def single(self) -> bool:
        return isinstance(self.target, ast.Name) or (self.target is None and len(self.ordered) == 1)

    @property
    def flat(self) -> bool:
        """Is the target a plain tuple of names?"""
        return isinstance(self.target, ast.Tuple) and all(isinstance(e, ast.Name) for e in self.target.elts)

    @property
    def item_text(self) -> str:
        bare = isinstance(self.target, ast.Tuple) or (self.target is None and len(self.ordered) > 1)
        return f"({self.target_text})" if bare and not in_brackets(self.target_text) else self.target_text

    @property
    def calls(self) -> bool:
        """Does the iterable do anything when it is asked for, so that asking twice is no good?"""
        return self.node is None or not calm(self.node)

    @property
    def keepable(self) -> bool:
        """Can it be walked twice under a name, too? An iterator made anew each time can not: it is used up by the first."""
        anew = isinstance(self.node, ast.Call) and dotted(self.node.func) in _ITERATORS
        return self.sized and not anew

    def column(self, text: str, items: str, *, rebound: bool) -> str | None:
        """What gives the values of an expression over the items, one by one."""
        if self.single and text == self.ordered[0]:
            return items
        if not rebound and self.flat and isinstance(self.target, ast.Tuple) and not self.calls:
            names = [name.id for name in self.target.elts if isinstance(name, ast.Name)]
            match self.node:
                case ast.Call(func=ast.Name(id="enumerate"), args=[inner, *_], keywords=_) if text == names[-1]:
                    return ast.unparse(inner)
                case ast.Call(func=ast.Attribute(attr="items", value=owner), args=[]) if text == names[0]:
                    return ast.unparse(owner)
                case ast.Call(func=ast.Attribute(attr="items", value=owner), args=[]) if text == names[-1]:
                    return f"{ast.unparse(owner)}.values()"
                case ast.Call(func=ast.Name(id="zip"), args=columns, keywords=[]) if text in names and not any(
                    isinstance(column, ast.Starred) for column in columns
                ):
                    return ast.unparse(columns[names.index(text)])
        used = reads([ast.parse(text, mode="eval")])
        shown = ", ".join(n if n in used else "_" for n in self.ordered) if self.flat else self.target_text
        return f"({text} for {shown} in {items})"


def in_brackets(text: str) -> bool:
    """Do brackets stand around the whole of it, and not only around its first part: `(a, b)`, but `(a, b), c`?"""
    depth = 0
    for index, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if depth == 0:
            return index == len(text) - 1 and index > 0
    return False


def read(source: Source, inquiry: Inquiry, loop: ast.For | ast.AsyncFor | ast.While) -> Head:
    """The head of a loop; Refused for a `while` whose rounds cannot be told in advance."""
    if isinstance(loop, ast.While):
        return _counted(source, inquiry, loop) or _drained(source, loop)
    node, iterable = loop.iter, source.segment(loop.iter)
    behind = _behind_bar(source, inquiry, node)
    node, items = behind or (node, iterable)
    if not all(isinstance(n, ast.Name | ast.Tuple | ast.List | ast.Starred | ast.Store) for n in ast.walk(loop.target)):
        raise Refused("shared-write", "the loop walks with something else than plain names", loop)
    names = [n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)]
    _check_walk(node, loop)
    return Head(
        iterable, items, loop.target, source.segment(loop.target), list(loop.body), (), tuple(dict.fromkeys(names)), node,
        inquiry.sized(node), inquiry.lazy(node), behind is not None, isinstance(loop, ast.AsyncFor),
    )  # fmt: skip


def _behind_bar(source: Source, inquiry: Inquiry, node: ast.expr) -> tuple[ast.expr, str] | None:
    """What a progress bar shows, as a node and as text; None where none is around it."""
    call = inquiry.call(node) if isinstance(node, ast.Call) else None
    if call is None or not isinstance(node, ast.Call):
        return None
    made = bars.bar_made(inquiry.order.program, inquiry.order.catalog, inquiry.function, call)
    if made is None:
        return None
    if bars.counts(made) and node.args and all(calm(argument) for argument in node.args):
        text = f"range({', '.join(source.segment(argument) for argument in node.args)})"
        return ast.parse(text, mode="eval").body, text
    shown = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "iterable")]
    return (shown[0], source.segment(shown[0])) if made.elements is not None and shown else None


def _check_walk(node: ast.expr, loop: ast.For | ast.AsyncFor) -> None:
    """`os.walk` goes only into the folders that a round leaves in its list: the rounds cannot run ahead of it."""
    walks = isinstance(node, ast.Call) and (dotted(node.func) or "").rpartition(".")[2] in ("walk", "fwalk")
    if not walks or not isinstance(loop.target, ast.Tuple) or len(loop.target.elts) < 2:
        return
    folders = loop.target.elts[1]
    for each in here(loop.body):
        if isinstance(each, ast.Name) and isinstance(folders, ast.Name) and each.id == folders.id:
            because = f"line {each.lineno} may change `{each.id}`, which tells the walk where to go next"
            raise Refused("carried-dependence", because, each)


def flattened(source: Source, inquiry: Inquiry, loop: ast.For | ast.AsyncFor | ast.While) -> Head | None:
    """Loops that do nothing but hold the next one, as the one loop that they are together."""
    nest: list[ast.For] = []
    inner: ast.stmt = loop
    while isinstance(inner, ast.For) and not inner.orelse:
        nest.append(inner)
        if len(inner.body) != 1:
            break
        inner = inner.body[0]
    if nest and isinstance(nest[-1].body[0], ast.For) and len(nest[-1].body) == 1:
        return None
    if (
        len(nest) < 2
        or any(inquiry.costly([each.iter]) for each in nest)
        or any(isinstance(j, ast.Break) for j in jumps(nest[-1].body))
    ):
        return None
    heads = [read(source, inquiry, each) for each in nest]
    names = [name for head in heads for name in head.ordered]
    if len(set(names)) < len(names) or any(head.bar for head in heads):
        return None
    if binds(nest[-1].body) & {name for head in heads[:-1] for name in head.ordered}:
        return None  # it goes from one iteration of the inner loop to the next
    clauses = " for ".join(head.clauses for head in heads)
    return Head(heads[0].iterable, heads[0].items, None, ", ".join(names), list(nest[-1].body), (), tuple(names), None, False,
                any(head.lazy for head in heads), walks=clauses)  # fmt: skip


def _counted(source: Source, inquiry: Inquiry, loop: ast.While) -> Head | None:
    """`while i < n: …; i += 1` walks `range(i, n)`."""
    match loop.test:
        case ast.Compare(left=ast.Name(id=name), ops=[ast.Lt()], comparators=[bound]):
            pass
        case _:
            return None
    match loop.body[-1]:
        case ast.AugAssign(target=ast.Name(id=stepped), op=ast.Add(), value=ast.Constant() | ast.Name() as step) if (
            stepped == name
        ):
            pass
        case _:
            return None
    rest = loop.body[:-1]
    scope = source.function(loop) or source.tree
    read_after = any(
        isinstance(node, ast.Name) and node.id == name and node.lineno > (loop.end_lineno or 0)
        for node in ast.walk(scope)
    )
    steady = not (reads([bound]) & binds(loop.body)) and calm(bound)
    if not rest or name in binds(rest) or any(True for _ in jumps(rest)) or read_after or not steady or loop.orelse:
        return None
    text = source.segment(bound)
    by = inquiry.number(step)
    if by is None or by < 1 or by != int(by):
        return None
    items = f"range({name}, {text})" if by == 1 else f"range({name}, {text}, {source.segment(step)})"
    node = ast.parse(items, mode="eval").body
    return Head(items, items, None, name, rest, (loop.body[-1],), (name,), node, sized=True, lazy=False)


def _drained(source: Source, loop: ast.While) -> Head:
    """`while jobs: job = jobs.pop()` walks what it takes out."""
    tested = reads([loop.test])
    match loop.body[0]:
        case ast.Assign(targets=[target], value=ast.Call(func=ast.Attribute(value=owner, attr=take)) as taken) if (
            take in _TAKES
        ):
            queue = dotted(owner)
        case _:
            queue = None
    others = [
        n for s in loop.body[1:] for n in ast.walk(s) if isinstance(n, ast.Attribute | ast.Name) and dotted(n) == queue
    ]
    if queue is None and "len" in tested and isinstance(loop.test, ast.Compare):
        raise Refused("layout", "a `while` that counts what it has is rewritten once it is a `for` over a range", loop)
    if queue is None or queue.partition(".")[0] not in tested or others or loop.orelse:
        raise Refused("carried-dependence", "whether there is another iteration is known only after this one", loop)
    indent, unit = source.indent(loop), source.unit
    above = (
        f"{indent}def upcoming():\n{indent}{unit}while {source.segment(loop.test)}:\n"
        f"{indent}{unit * 2}yield {source.segment(taken)}\n"
    )
    names = [n.id for n in ast.walk(target) if isinstance(n, ast.Name)]
    return Head("upcoming()", "upcoming()", target, source.segment(target), loop.body[1:], (), tuple(names), None, False, True,
                above=above)  # fmt: skip
