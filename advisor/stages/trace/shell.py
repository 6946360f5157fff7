"""Shell: the commands of a command line, and the files that each of them reads and writes by redirection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import structs

from advisor.model.catalog import Catalog
from advisor.model.state import Access, Key

HOLE = "\0"  # stands in a text where something is put in that is not written out

_WORD = r"""(?:[^\s;&|()<>"'\\`]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+"""
_OPERATOR = r"\d*(?:>>|>&|>\||>|<<<|<<|<&|<)|&>>?|\|\||&&|\|&|[;&|()`\n]"
_TOKEN = re.compile(f"{_OPERATOR}|{_WORD}|.", re.DOTALL)
_QUOTED = re.compile(r"""\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'""", re.DOTALL)
_IS_OPERATOR = re.compile(_OPERATOR)
_PIPES = ("|", "|&")
_FILES = {">": Access.WRITE, ">|": Access.WRITE, "&>": Access.WRITE, ">>": Access.APPEND, "&>>": Access.APPEND,
          "<": Access.READ}  # fmt: skip
_NO_FILE = (">&", "<&", "<<", "<<<")  # a descriptor, or a text that follows


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its words, the files that redirections name, each with what is done to it; `shown` when what it prints
    goes where that of the whole line does."""

    words: tuple[Key, ...]
    files: tuple[tuple[Access, Key], ...] = ()
    shown: bool = True


def tokens(text: str) -> list[str]:
    """The words and operators of a command line; words without their quotes."""
    found = (token for token in _TOKEN.findall(text.strip()) if token == "\n" or not token.isspace())
    return [_QUOTED.sub(lambda each: each[1] or each[2] or each[3] or "", token) for token in found]


def commands(catalog: Catalog, words: tuple[Key, ...]) -> Iterator[Command]:
    """The commands of a line, those within the line that a shell is handed in their place."""
    start = 0
    for end, word in enumerate((*words, Key(";"))):
        if not _is_operator(word) or _redirects(word.text):
            continue
        one = _command(words[start:end], piped=word.text in _PIPES)
        inner = _handed_to_shell(catalog, one.words)
        if inner is not None:
            yield from (Command(c.words, c.files, c.shown and one.shown) for c in commands(catalog, inner))
            yield from [Command((), one.files)] if one.files else []
        elif one.words or one.files:
            yield one
        start = end + 1


def is_script(catalog: Catalog, words: tuple[Key, ...]) -> bool:
    """Is the word behind these a command line of its own: that which a shell is handed?"""
    return _handed_to_shell(catalog, words) == ()


def _command(words: tuple[Key, ...], *, piped: bool) -> Command:
    own: list[Key] = []
    files: list[tuple[Access, Key]] = []
    shown, rest = not piped, iter(words)
    for word in rest:
        if not _is_operator(word):
            own.append(word)
            continue
        operator, target = word.text.lstrip("0123456789"), next(rest, None)
        shown = shown and (operator.startswith("<") or word.text[0] not in ">&1")
        if target is not None and operator in _FILES and "$" not in target.text:
            files.append((_FILES[operator], target))
    return Command(tuple(own), tuple(files), shown)


def _is_operator(word: Key) -> bool:
    return not word.places and not word.partial and _IS_OPERATOR.fullmatch(word.text) is not None


def _redirects(text: str) -> bool:
    operator = text.lstrip("0123456789")
    return operator in _FILES or operator in _NO_FILE


def _handed_to_shell(catalog: Catalog, words: tuple[Key, ...]) -> tuple[Key, ...] | None:
    """What a shell runs that is handed a text: `sh -c "ls; date"`; None for other commands."""
    entry = catalog.programs.get(words[0].text.rpartition("/")[2]) if words else None
    if entry is None or not entry.shell:
        return None
    for position, word in enumerate(words[1:], 2):
        if not word.text.startswith("-"):
            return None
        if word.text.endswith("c") and not word.text.startswith("--"):
            return tuple(_expanded(words[position:]))
    return None


def _expanded(words: tuple[Key, ...]) -> Iterator[Key]:
    """The words, the first one as the line that it is; what comes from elsewhere may stand in any of them."""
    for word in words[:1]:
        unsure = word.partial or bool(word.places)
        several = tokens(word.text)
        yield from (structs.replace(word, text=each, partial=unsure) for each in several) if several[1:] else [word]
    yield from words[1:]
