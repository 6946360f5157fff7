"""Patterns: what a `.gitignore` file says of a path, in time that grows with pattern times path and no faster.

A pattern is cut into the names between its slashes, and a name into the texts between its stars. Each is looked for from
where the one before it was found: the first place is as good as any later one, so that nothing is ever tried again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

LONGEST = 4_096
"""Characters of a pattern: as long as a path can be."""

_Name = re.Pattern[str] | Literal["**"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line: it leaves paths out, or takes them in again where `negated`; of folders only where `folders`."""

    names: tuple[_Name, ...]
    negated: bool
    folders: bool

    def matches(self, names: Sequence[str], is_folder: bool) -> bool:
        """Is this the path whose parts are `names`?"""
        return (is_folder or not self.folders) and _matches(self.names, names)


@dataclass(frozen=True, slots=True)
class Patterns:
    """The lines of one file in their order: the last one that matches counts."""

    lines: tuple[Pattern, ...]

    def says(self, path: str, is_folder: bool) -> bool | None:
        """Is `path` (in POSIX form, from the folder of the patterns) left out? None where nothing is said of it.

        Only of the path itself: what lies in a folder that is left out is not asked for.
        """
        names = path.split("/")
        for line in reversed(self.lines):
            if line.matches(names, is_folder):
                return not line.negated
        return None

    def leaves_out(self, path: str, is_folder: bool = False) -> bool:
        """Is `path` left out, or a folder around it?"""
        names = path.split("/")
        around = ("/".join(names[:count]) for count in range(1, len(names)))
        return any(self.says(folder, True) for folder in around) or bool(self.says(path, is_folder))


def read_patterns(lines: Iterable[str]) -> Patterns:
    """The patterns of a file; like git, we pass over lines that can match nothing."""
    return Patterns(tuple(pattern for line in lines if (pattern := read_pattern(line)) is not None))


def read_pattern(line: str) -> Pattern | None:
    """The pattern that a line holds: None for an empty line, a comment, and what can match nothing."""
    text = _without_spaces(line.rstrip("\r\n"))
    if not text or text.startswith("#") or len(text) > LONGEST:
        return None
    negated = text.startswith("!")
    text = text[1:] if negated else text
    folders = text.endswith("/")
    text = text[:-1] if folders else text
    anchored = "/" in text
    parts = text.removeprefix("/").split("/")
    if not anchored:
        parts.insert(0, "**")
    try:
        names = tuple(_compiled(part) for part in parts)
    except _NoPattern:
        return None
    if all(name == "**" for name in names[1:]) and len(names) > 1 and not anchored:
        names = ("**", re.compile(".*", re.DOTALL))  # `**` alone is `*`
    return Pattern(names, negated, folders)


class _NoPattern(ValueError):
    """A pattern that matches nothing, as git sees it."""


def _without_spaces(line: str) -> str:
    """Without the spaces at its end, but for one that a backslash protects."""
    bare = line.rstrip(" ")
    backslashes = len(bare) - len(bare.rstrip("\\"))
    return bare + " " if backslashes % 2 and len(bare) < len(line) else bare


def _matches(pattern: Sequence[_Name], names: Sequence[str]) -> bool:
    """Each run of names between two `**` is looked for from where the one before it ended; the last one ends the path."""
    runs: list[list[re.Pattern[str]]] = [[]]
    for name in pattern:
        if isinstance(name, str):
            runs.append([])
        else:
            runs[-1].append(name)
    first, *others = runs
    if not _fits(first, names, 0) or (not others and len(first) != len(names)):
        return False
    if not others:
        return True
    at, last = len(first), others[-1]
    for run in others[:-1]:
        found = next((start for start in range(at, len(names) - len(run) + 1) if _fits(run, names, start)), None)
        if found is None:
            return False
        at = found + len(run)
    if not last:  # `a/**` is all below `a`, and not `a` itself
        return at < len(names)
    return len(names) - len(last) >= at and _fits(last, names, len(names) - len(last))


def _fits(run: Sequence[re.Pattern[str]], names: Sequence[str], start: int) -> bool:
    if start + len(run) > len(names):
        return False
    return all(name.fullmatch(names[start + index]) is not None for index, name in enumerate(run))


def _compiled(name: str) -> _Name:
    """One name of a pattern. Between stars stand texts of a fixed length, so that the first place of each will do."""
    if len(name) > 1 and not name.strip("*"):
        return "**"
    if not name:
        raise _NoPattern
    first, *others = _between_stars(name)
    middle = "".join(f"(?>.*?{text})" for text in others[:-1] if text)
    return re.compile(f"{first}{middle}{'.*' + others[-1] if others else ''}", re.DOTALL)


def _between_stars(name: str) -> list[str]:
    """The texts between stars, as regular expressions."""
    texts, at = [""], 0
    while at < len(name):
        sign = name[at]
        if sign == "*":
            texts.append("")
        elif sign == "?":
            texts[-1] += "."
        elif sign == "[":
            length, expression = _set(name[at:])
            texts[-1] += expression
            at += length - 1
        else:
            if sign == "\\":
                at += 1
                if at == len(name):
                    raise _NoPattern
            texts[-1] += re.escape(name[at])
        at += 1
    return texts


_CLASSES = {
    "alnum": "a-zA-Z0-9", "alpha": "a-zA-Z", "blank": " \\t", "cntrl": "\\x00-\\x1f\\x7f", "digit": "0-9", "graph": "!-~",
    "lower": "a-z", "print": " -~", "punct": "!-/:-@\\[-`{-~", "space": " \\t\\n\\r\\f\\v", "upper": "A-Z", "xdigit": "0-9A-Fa-f",
}  # fmt: skip


def _set(text: str) -> tuple[int, str]:
    """The set that `text` begins with (`[a-z]`): its length, and its regular expression."""
    at = 1
    negated = text[at : at + 1] in ("!", "^")
    at += negated
    inside, begun = "", at
    while text[at : at + 1] != "]" or at == begun:
        if at >= len(text):
            raise _NoPattern
        if text.startswith("[:", at):
            end = text.find(":]", at)
            if end < 0 or text[at + 2 : end] not in _CLASSES:
                raise _NoPattern
            inside += _CLASSES[text[at + 2 : end]]
            at = end + 2
            continue
        low, at = _member(text, at)
        if text[at : at + 1] == "-" and text[at + 1 : at + 2] not in ("]", ""):
            high, at = _member(text, at + 1)
            if low <= high:
                inside += f"{re.escape(low)}-{re.escape(high)}"
        else:
            inside += re.escape(low)
    if not inside:
        return at + 1, "." if negated else "(?!)"
    return at + 1, f"[{'^' if negated else ''}{inside}]"


def _member(text: str, at: int) -> tuple[str, int]:
    at += text.startswith("\\", at)
    if at >= len(text):
        raise _NoPattern
    return text[at], at + 1
