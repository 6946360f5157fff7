"""The text of a loop whose work has been handed over: it takes each result where it did the work before."""

from __future__ import annotations

import ast
import re

from advisor.model.refactor import Edit
from advisor.stages.generate import clients
from advisor.stages.generate.draft import Draft, opened, put_for
from advisor.stages.generate.initializer import heavy
from advisor.stages.generate.liveness import kept_statements, reads_rest
from advisor.stages.generate.names import binds, calm, free, here, may_fail, walk
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.source import Source
from advisor.stages.generate.work import Cut
from advisor.stages.generate.worker import Returned

_LONG_LINE = 100
_BLANK = re.compile(r"\A(?:[ \t]*\r?\n)+")


class LoopText:
    """A loop that takes results where it did the work: its head, and its body with the work taken out."""

    def __init__(self, draft: Draft, made: Cut, scope: ast.AST, after: frozenset[str]) -> None:
        self.draft, self.made, self.scope = draft, made, scope
        self.source, self.way, self.head = draft.source, draft.way, draft.head
        self.in_coroutine = isinstance(draft.source.function(draft.loop), ast.AsyncFunctionDef)
        self.block = draft.indent + (self.source.unit if draft.opens else "")
        self.inner = self.block  # where the loop stands, in the block of the pool
        self.after = after
        self.removed = [] if made.before or draft.head.names & after else self._leading_skips()
        self.lifted = None if made.before or draft.head.names & after else self._whole_test()
        for gone in (*self.removed, *([self.lifted] if self.lifted is not None else [])):
            draft.above += self.source.comments_above(gone)
        self.wanted = tuple(n for n in draft.head.ordered if n in self._read_by_caller() and n not in made.live)
        for name in set(made.live) & draft.head.names:
            if made.before or made.early:
                raise Refused(
                    "carried-dependence", f"the work gives `{name}`, the loop's own name, another value", draft.loop
                )
        self.captured = clients.captured_by(draft, made)
        self.own = clients.own_clients(draft.order, self.source, draft.loop, self.captured, scope)
        self.heavy = heavy(draft, made.nodes, self.captured - set(self.own) - set(made.private))
        self.worker_guards: list[str] = []
        self.gate = ""  # a semaphore that workers wait for
        if self.own and made.expression is not None:
            made.expression = _used_up(self.source, made.expression)
            self._drop_spare_clients()

    def _drop_spare_clients(self) -> None:
        """The one client that all rounds shared goes, where only the work used it."""
        made = self.made
        work = [*made.prepare, *made.statements, *([made.expression] if made.expression is not None else [])]
        moved = {id(node) for node in walk(work)}
        for name, own in self.own.items():
            statement = self.source.statement(own.made)
            loads = [
                n
                for n in ast.walk(self.scope)
                if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)
            ]
            mine = isinstance(statement, ast.Assign) and statement.value is own.made and len(statement.targets) == 1
            if mine and all(id(n) in moved for n in loads) and self.source.owns_its_lines([statement]):
                self.draft.edits.append(Edit(*self.source.whole_lines([statement]), ""))

    def _read_by_caller(self) -> frozenset[str]:
        removed = {id(node) for each in self.removed for node in here([each])}
        rest = [s for s in kept_statements(self.made, self.head.body) if id(s) not in removed]
        gone = {id(node) for each in self.removed for node in ast.walk(each)}
        gone |= {id(node) for node in ast.walk(self.lifted.test)} if self.lifted is not None else set()
        return self.after | reads_rest(self.made, rest, gone)

    def _whole_test(self) -> ast.If | None:
        """The `if` that is all the body, but for what is removed, where its test needs nothing but the item: the items are
        tested before they are handed over, and the body loses a level."""
        gone = {id(each) for each in [*self.removed, *self.made.dropped]}
        match [each for each in self.head.body if id(each) not in gone]:
            case [ast.If(test=test, orelse=[]) as only] if any(
                test is each and wanted for each, wanted in self.made.guards
            ):
                own = binds(self.head.body) - self.head.names
                plain = (
                    not free([test]) & own
                    and calm(test)
                    and not may_fail([test])
                    and "\n" not in self.source.segment(test)
                )
                return only if plain and self.made.block is None and self.source.owns_its_lines(only.body) else None
        return None

    def _leading_skips(self) -> list[ast.If]:
        """`if …: continue` at the head of the body, whose tests need nothing but the item."""
        found: list[ast.If] = []
        guards = {id(test) for test, wanted in self.made.guards if not wanted}
        known = self.head.names
        local = binds(self.head.body)
        for statement in self.head.body:
            match statement:
                case ast.If(test=test, body=[ast.Continue()], orelse=[]) if id(test) in guards:
                    if free([test]) & (local - known):
                        break
                    found.append(statement)
                case _:
                    break
        return found

    def _whole_value(self) -> str | None:
        """`name` of `name = …` where that is the statement of the expression."""
        if self.made.expression is None:
            return None
        match self.source.parents[self.made.expression]:
            case ast.Assign(targets=[ast.Name(id=name)]):
                return name
        return None

    def _loop_text(
        self,
        names: Returned,
        walked: str,
        results: str | None,
        removed: list[ast.If],
        target: str = "",
        result: str = "",
    ) -> str:
        draft, source = self.draft, self.source
        drops = self._drop_binding() if results is not None or draft.handle else []
        if results is not None:
            target, walked = self._taken_from(names, walked, results)
        body = self._body_text(names, result, drops, removed)
        loop = draft.loop
        assert isinstance(loop, ast.For | ast.AsyncFor | ast.While)
        short = None
        if results is not None and not self.wanted and not self.head.bar and not loop.orelse:
            short = self._shortened(names, walked, body)
        if results is not None and short is None and not self.way.whole:
            walked = self._with_room(target, walked, results)
        text = opened(draft)
        text += "".join(f"{self.block}{line}\n" for line in draft.inside)
        text += (
            short
            if short is not None
            else f"{self.inner}for {target} in {walked}:{_line_comment(source, loop)}\n{body}"
        )
        if loop.orelse:
            last, first = loop.body[-1].end_lineno or 0, loop.orelse[0]
            between = source.shift(last + 1, first.lineno - 1, draft.indent, self.inner)
            text += source.edited(source.line_start(last + 1), source.line_start(first.lineno), between)
            text += source.piece(loop.orelse, self.inner + source.unit)
        return text + draft.closes

    def _taken_from(self, names: Returned, walked: str, results: str) -> tuple[str, str]:
        """The target of a loop over results, with the items beside them where the caller wants those, and what it walks."""
        shown, expression = names.target, self.made.expression
        alone = len(names.names) == 1
        if not names.names or (
            expression is not None and alone and isinstance(self.source.parents[expression], ast.Expr)
        ):
            shown = "_"
        if not self.wanted and not self.head.bar:
            return shown, results
        mine = self.head.item_text if self.wanted else "_"
        theirs = f"({shown})" if len(names.names) > 1 else shown
        return f"{mine}, {theirs}", f"zip({walked}, {results})"

    def _with_room(self, target: str, walked: str, results: str) -> str:
        """What the loop walks, the results under a name of their own where the line would be too long."""
        if len(f"{self.inner}for {target} in {walked}:") <= _LONG_LINE:
            return walked
        name = self.draft.name("results")
        self.draft.inside.append(f"{name} = {results}")
        return walked.removesuffix(f"{results})") + f"{name})" if walked != results else name

    def _shortened(self, names: Returned, walked: str, body: str) -> str | None:
        """`out.extend(pool.map(…))` for a loop that only appends."""
        words = body.strip()
        only = names.names[0] if len(names.names) == 1 else None
        for method, whole in (("append", "extend"), ("add", "update")):
            end = f".{method}({only})"
            if (
                only
                and "\n" not in words
                and words.endswith(end)
                and words[: -len(end)].replace(".", "").isidentifier()
            ):
                return f"{self.inner}{words[: -len(end)]}.{whole}({walked})\n"
        return None

    def _drop_binding(self) -> list[ast.stmt]:
        """`name = <the work>` at the head of the body becomes the target of the loop."""
        made = self.made
        if made.expression is None or self._whole_value() is None or made.statements:
            return []
        statement = self.source.statement(made.expression)
        outer = self._opened if self._opened is not None and statement in self._opened.body else statement
        return [statement] if outer in self.head.body else []

    def _body_text(self, names: Returned, result: str, drops: list[ast.stmt], removed: list[ast.If]) -> str:
        source, made, head = self.source, self.made, self.head
        edits: list[Edit] = []
        gone: list[ast.stmt] = [*removed, *made.dropped, *drops, *head.gone]
        unpacks = not (made.expression is not None and len(names.names) == 1)
        anchor: ast.stmt | None = None
        value = result
        if made.expression is not None:
            statement = source.statement(made.expression)
            anchor = statement
            if (not result or unpacks) and isinstance(source.parents[made.expression], ast.Expr):
                gone.append(statement)
            elif statement not in drops:
                shown = result if result and not unpacks else names.names[len(made.live) + (names.flag is not None)]
                if self._whole_value() is not None and unpacks:
                    gone.append(statement)
                else:
                    edits.append(put_for(source, made.expression, shown))
        if made.branch is not None and names.flag is not None:
            edits.append(Edit(*source.span(made.branch.test), names.flag))
            anchor = made.branch
        lines = self._taken(names, value, unpacks)
        place = made.statements[0] if made.statements and made.branch is None else anchor
        gone += made.statements
        if lines and place is not None:
            at, indent = source.line_start(place.lineno), self._indent_of(place)
            edits.append(Edit(at, at, "".join(f"{indent}{line}\n" for line in lines)))
        if made.statements:
            region = source.with_comments(made.statements[0]), source.whole_lines(made.statements)[1]
            edits.append(Edit(*region, ""))
            gone = [each for each in gone if not any(each is inner for inner in here(made.statements))]
        for statement in {id(each): each for each in gone}.values():
            inside = any(statement is not other and statement in here([other]) for other in gone)
            if not inside:  # what goes to the worker takes its comments along
                start, end = source.whole_lines([statement])
                start = start if any(statement is each for each in drops) else source.with_comments(statement)
                edits.append(Edit(start, end, ""))
        if made.branch is not None and all(s in made.statements for s in made.branch.body):
            at = source.line_start((made.branch.body[-1].end_lineno or 0) + 1)
            indent = self._indent_of(made.branch.body[0])
            edits.append(Edit(at, at, f"{indent}pass\n"))
        edits += [each for each in self._left_open() if not any(_covers(other, each) for other in edits)]
        text = source.piece(head.body, self.inner + source.unit, edits, with_comments=True)
        text = text[len(text) - len(text.lstrip()) :] if not text.strip() else _BLANK.sub("", text, count=1)
        if not _has_code(text):
            text += f"{self.inner}{source.unit}pass  # waits for each iteration, and raises what it raised\n"
        return text

    @property
    def _opened(self) -> ast.With | ast.AsyncWith | ast.If | None:
        """What stands around the rest of the body no more."""
        return self.made.block or self.lifted

    def _indent_of(self, statement: ast.stmt) -> str:
        """The indentation of a statement in the new body."""
        block, old = self._opened, self.source.indent(statement)
        if block is not None and any(statement is each for each in here(block.body)):
            old = self.source.indent(block) + old[len(self.source.indent(block.body[0])) :]
        return self.inner + self.source.unit + old[len(self.source.indent(self.head.body[0])) :]

    def _left_open(self) -> list[Edit]:
        """The edits by which the rest of a block that the worker enters, or of a test that is made ahead, stands outside of it."""
        block, source = self._opened, self.source
        if block is None:
            return []
        first, last = block.body[0], block.end_lineno or 0
        while source.line(last + 1).startswith(source.indent(first)) and source.line(last + 1).lstrip().startswith("#"):
            last += 1
        head = source.with_comments(block), source.with_comments(first)
        line = first.lineno
        while source.line_start(line) > head[1]:
            line -= 1
        outer = self.inner + source.unit + source.indent(block)[len(source.indent(self.head.body[0])) :]
        lines = source.shift(line, last, source.indent(first), "")
        return [Edit(*head, ""), *(Edit(each.start, each.end, outer) for each in lines)]

    def _taken(self, names: Returned, value: str, unpacks: bool) -> list[str]:
        """The lines that take the result apart at the place where the work was done."""
        made, lines = self.made, []
        if value and unpacks:
            lines.append(f"{names.target} = {value}" if names.names else value)
        for private, part in zip(made.private, names.names[len(names.names) - len(made.private) :], strict=True):
            how = {"[]": "extend", "{}": "update", "set()": "update"}.get(made.private[private])
            lines.append(f"{private}.{how}({part})" if how else f"{private} += {part}")
        if names.flag is not None and made.branch is None:
            lines += [f"if not {names.flag}:", f"{self.source.unit}continue"]
        return lines


def _used_up(source: Source, expression: ast.expr) -> ast.expr:
    """With what is done at once to the answer of a client: it may be good only until the client is used again."""
    while isinstance(above := source.parents[expression], ast.Attribute):
        call = source.parents[above]
        if not isinstance(call, ast.Call) or call.func is not above or call.args or call.keywords:
            break
        expression = call
    return expression


def _covers(outer: Edit, inner: Edit) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end and outer.start < outer.end


def _has_code(text: str) -> bool:
    return any(line.strip() and not line.strip().startswith("#") for line in text.splitlines())


def _line_comment(source: Source, loop: ast.stmt) -> str:
    """The comment at the end of the loop's first line."""
    assert isinstance(loop, ast.For | ast.AsyncFor | ast.While)
    head = loop.test if isinstance(loop, ast.While) else loop.iter
    line = source.line(head.end_lineno or 0)
    rest = line[source.span(head)[1] - source.line_start(head.end_lineno or 0) :]
    mark = rest.find("#")
    return f"  {rest[mark:]}" if mark >= 0 and rest[:mark].strip(" \t)") == ":" else ""
