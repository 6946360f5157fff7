"""Suppress: the comment that keeps a finding from being reported, put where it surely is a comment."""

from __future__ import annotations

import io
import re
import tokenize

_MARK = re.compile(r"#\s*advisor:\s*ignore(?P<slugs>\[[^\]]*\])?(?![\w\[-])")


def with_suppression(text: str, line: int, end_line: int, slug: str) -> str | None:
    """The text with `# advisor: ignore[slug]` on the first line (from 1) of the finding, else on its last.

    None where neither can bear a comment, for both end within a string or with a backslash. `text` ends its lines with
    line feeds.
    """
    ends = _ends(text)
    lines = text.split("\n")
    for number in dict.fromkeys((line, end_line)):
        if number in ends and number <= len(lines):
            lines[number - 1] = _marked(lines[number - 1], slug, ends[number])
            return "\n".join(lines)
    return None


def _marked(line: str, slug: str, comment: int) -> str:
    """A line with the mark; `comment` is where a comment begins in it, or its length."""
    mark = _MARK.search(line, comment)
    if mark is None:
        return f"{line.rstrip()}  # advisor: ignore[{slug}]"
    if mark["slugs"] is None:
        return line  # silences everything already
    listed = [word for part in mark["slugs"].strip("[]").split(",") if (word := part.strip())]
    return f"{line[: mark.start('slugs')]}[{', '.join([*listed, slug])}]{line[mark.end('slugs') :]}"


def _ends(text: str) -> dict[int, int]:
    """The lines (from 1) at whose end a comment may stand, each with the column where its comment begins or might begin."""
    ends: dict[int, int] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="\n").readline):
            if token.type == tokenize.COMMENT:
                ends[token.start[0]] = token.start[1]
            elif token.type in (tokenize.NEWLINE, tokenize.NL):
                ends.setdefault(token.start[0], token.start[1])
    except (tokenize.TokenError, SyntaxError):  # incomplete at the end: what came before holds
        pass
    return ends
