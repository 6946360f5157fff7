"""A file to rewrite: its tree with positions, and pieces of its text moved, indented and edited without touching the rest."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from advisor.model.refactor import Edit

_LINE_END = re.compile(r"\r\n|\n|\r")
INDENT = "    "


class EditsOverlap(Exception):
    """Two edits want the same characters."""


class Source:
    """The text of a file and its tree. Offsets count characters of `text`; lines from 1."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text.removeprefix("\ufeff"))
        self._bom = len(text) - len(text.removeprefix("\ufeff"))
        self.starts = [self._bom, *(found.end() for found in _LINE_END.finditer(text))]
        found = _LINE_END.search(text)
        self.newline = found.group() if found else "\n"
        self.parents: dict[ast.AST, ast.AST] = {}
        for node in ast.walk(self.tree):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node

    # ---- positions

    def offset(self, line: int, column: int) -> int:
        """The character at a position as `ast` gives it (columns count bytes of UTF-8)."""
        start = self.starts[line - 1]
        text = self.line(line)
        return start + (column if text.isascii() else len(text.encode()[:column].decode()))

    def line(self, number: int) -> str:
        """The text of a line without its end."""
        start = self.starts[number - 1]
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def line_start(self, number: int) -> int:
        return self.starts[number - 1] if number <= len(self.starts) else len(self.text)

    def span(self, node: ast.AST) -> tuple[int, int]:
        """The characters of an expression or statement; decorators not included."""
        where: ast.expr = node  # type: ignore[assignment]
        return self.offset(where.lineno, where.col_offset), self.offset(
            where.end_lineno or 0, where.end_col_offset or 0
        )

    def segment(self, node: ast.AST) -> str:
        start, end = self.span(node)
        return self.text[start:end]

    def beside(self, node: ast.expr) -> tuple[str, str]:
        """What stands before an expression on its first line, and after it on its last."""
        start, end = self.span(node)
        first, last = self.line_start(node.lineno), self.line_start((node.end_lineno or 0) + 1)
        return self.text[first:start], self.text[end:last].rstrip("\r\n")

    def indent(self, statement: ast.stmt) -> str:
        """The white space before a statement; of `if x: y` that of the line."""
        line = self.line(statement.lineno)
        return line[: len(line) - len(line.lstrip())]

    @cached_property
    def unit(self) -> str:
        """One level of indentation as this file writes it."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.For | ast.If | ast.With | ast.ClassDef):
                outer, inner = self.indent(node), self.indent(node.body[0])
                if inner.startswith(outer) and len(inner) > len(outer):
                    return inner[len(outer) :]
        return INDENT

    @cached_property
    def _inside_text(self) -> frozenset[int]:
        """The lines that begin inside a text of several lines, and must not be moved."""
        frozen: set[int] = set()
        opened: list[int] = []
        for token in tokenize.generate_tokens(io.StringIO(self.text[self._bom :], newline="").readline):
            kind = tokenize.tok_name[token.type]
            if kind == "STRING":
                frozen.update(range(token.start[0] + 1, token.end[0] + 1))
            elif kind.endswith("STRING_START"):
                opened.append(token.start[0])
            elif kind.endswith("STRING_END"):
                frozen.update(range(opened.pop() + 1, token.end[0] + 1))
        return frozenset(frozen)

    # ---- surroundings

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around `node`, innermost first."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def enclosing(self, node: ast.AST, *kinds: type[ast.AST]) -> ast.AST | None:
        """The nearest node around `node` that is of one of `kinds`."""
        above = self.parents.get(node)
        while above is not None and not isinstance(above, kinds):
            above = self.parents.get(above)
        return above

    def function(self, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | None:
        """The function in whose scope `node` is evaluated; None at the level of a module or class."""
        found = self.enclosing(node, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
        return None if isinstance(found, ast.ClassDef) else found  # type: ignore[return-value]

    def statement(self, node: ast.AST) -> ast.stmt:
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def top(self, node: ast.AST) -> ast.stmt:
        """The statement at the level of the module in which `node` stands."""
        while not isinstance(self.parents[node], ast.Module):
            node = self.parents[node]
        assert isinstance(node, ast.stmt)
        return node

    def block(self, statement: ast.stmt) -> list[ast.stmt]:
        """The statements among which `statement` stands."""
        for _, value in ast.iter_fields(self.parents[statement]):
            if isinstance(value, list) and statement in value:
                return value
        raise ValueError("a statement stands in no block")

    def first_line(self, statement: ast.stmt) -> int:
        """The first line of a statement, with its decorators and the comments that stand right above it."""
        decorators = getattr(statement, "decorator_list", [])
        line: int = min([statement.lineno, *(each.lineno for each in decorators)])
        while line > 1 and self.line(line - 1).lstrip().startswith("#"):
            line -= 1
        return line

    def owns_its_lines(self, statements: Sequence[ast.stmt]) -> bool:
        """Do the statements share no line with others (`if x: y`, `a; b`)?"""
        first, last = statements[0], statements[-1]
        before = self.text[self.line_start(first.lineno) : self.span(first)[0]]
        after = self.line(last.end_lineno or 0)[self.span(last)[1] - self.line_start(last.end_lineno or 0) :].strip()
        return not before.strip() and (not after or after.startswith("#"))

    # ---- pieces of text

    def whole_lines(self, statements: Sequence[ast.stmt]) -> tuple[int, int]:
        """The characters of the lines of some statements, the last line's end included."""
        return self.line_start(statements[0].lineno), self.line_start((statements[-1].end_lineno or 0) + 1)

    def with_comments(self, statement: ast.stmt) -> int:
        """Where a statement begins, with the comments that stand right above it."""
        line = statement.lineno
        while line > 1 and self.line(line - 1).lstrip().startswith("#"):
            line -= 1
        return self.line_start(line)

    def comments_above(self, statement: ast.stmt) -> list[str]:
        """The comments that stand right above a statement, line by line."""
        start = self.with_comments(statement)
        return [line.strip() for line in self.text[start : self.line_start(statement.lineno)].splitlines()]

    def shift(self, first: int, last: int, old: str, new: str) -> Iterator[Edit]:
        """The edits that move lines `first` to `last` from one indentation to another."""
        for number in range(first, last + 1):
            text, start = self.line(number), self.line_start(number)
            if number in self._inside_text or not text.strip():
                continue
            if text.startswith(old):
                if new.startswith(old):
                    yield Edit(start, start, new[len(old) :])
                else:
                    yield Edit(start, start + len(old), new)
            elif text.lstrip().startswith("#"):
                yield Edit(start, start + len(text) - len(text.lstrip()), new)

    def piece(
        self, statements: Sequence[ast.stmt], indent: str, edits: Iterable[Edit] = (), *, with_comments: bool = False
    ) -> str:
        """The lines of some statements (and the comments right above) at another indentation, with edits made inside."""
        first, last = statements[0].lineno, statements[-1].end_lineno or 0
        while with_comments and self.line(first - 1).lstrip().startswith("#"):
            first -= 1
        start, end = self.line_start(first), self.whole_lines(statements)[1]
        wanted = list(edits)
        moved = [
            edit
            for edit in self.shift(first, last, self.indent(statements[0]), indent)
            if not any(other.start <= edit.start < other.end for other in wanted)
        ]
        text = self.edited(start, end, [*wanted, *moved])
        return text if text.endswith(("\n", "\r")) else text + "\n"

    def head(self, block: ast.With | ast.AsyncWith, indent: str) -> str:
        """The lines of a `with` above those of its block, at another indentation."""
        last = block.body[0].lineno - 1
        while self.line(last).lstrip().startswith("#"):
            last -= 1
        edits = self.shift(block.lineno, last, self.indent(block), indent)
        return self.edited(self.line_start(block.lineno), self.line_start(last + 1), edits)

    def moved(self, expression: ast.expr, indent: str) -> str:
        """The text of an expression whose further lines follow it to another indentation."""
        start, end = self.span(expression)
        old = self.indent(self.statement(expression))
        edits = self.shift(expression.lineno + 1, expression.end_lineno or 0, old, indent)
        return self.edited(start, end, edits)

    def edited(self, start: int, end: int, edits: Iterable[Edit]) -> str:
        """The characters from `start` to `end` with the edits between made."""
        return apply(self.text, [e for e in edits if start <= e.start and e.end <= end], start, end)

    def finished(self, edits: Iterable[Edit]) -> str:
        """The whole text with the edits made, new lines ending as the others do."""
        plain = [Edit(e.start, e.end, _LINE_END.sub("\n", e.text).replace("\n", self.newline)) for e in edits]
        return apply(self.text, plain)


def apply(text: str, edits: Iterable[Edit], start: int = 0, end: int | None = None) -> str:
    """Text with edits made that do not overlap; of several insertions at one place the first given comes first."""
    end = len(text) if end is None else end
    parts: list[str] = []
    position = start
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        if edit.start < position:
            raise EditsOverlap
        parts += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*parts, text[position:end]])
