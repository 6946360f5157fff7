"""Read one YAML file strictly: what a person meant is what the program gets, or they are told the line.

The dialect is the core of YAML 1.2 without its traps. Only `true` and `false` are booleans, and a bare
`yes`, `no`, `on` or `off` is refused, as readers disagree on it; so are keys given twice, keys that are not
text, keys without a value, anchors, aliases, tags and further documents. The text is read as a stream of
events, not composed into nodes: deep nesting would overflow the stack there.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isinf
from pathlib import Path
from typing import Any, NoReturn

import yaml

from advisor.errors import AdvisorError
from advisor.files import read_bytes

LARGEST = 1_000_000  # bytes
DEEPEST = 40  # levels of nesting
LONGEST = 400  # characters of a message

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class YamlFile:
    """What a file says and where: `lines` has the line (from 1) of each key and item, as `("examples", 0, "code")`.

    `name` is how messages call the file.
    """

    name: str
    data: dict[str, Any]
    lines: dict[Place, int]

    def line(self, place: Place) -> int:
        """The line of `place`, or of the nearest thing around it that has one."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def refuse(self, place: Place, what: str, hint: str = "") -> NoReturn:
        """Raises the error for what stands at `place`."""
        raise _misfit(self.name, self.line(place), what, hint)


def read_yaml(path: Path, name: str) -> YamlFile:
    """The one mapping that the file at `path` holds. Raises AdvisorError that names file, line and key."""
    text = _decoded(path, name)
    reader = _Reader(name, yaml.parse(text, Loader=_LOADER))
    try:
        return YamlFile(name, reader.document(), reader.lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        number = mark.line + 1 if mark else 1
        row = text.splitlines()[number - 1 : number]
        if row and row[0].lstrip(" ").startswith("\t"):
            raise AdvisorError(f"{name}:{number}: a tab in the indentation", "indent with spaces") from error
        raise AdvisorError(f"{name}:{number}: not valid YAML: {error.problem}", _QUOTING) from error
    except yaml.reader.ReaderError as error:
        number = text.encode()[: error.position].count(b"\n") + 1
        raise AdvisorError(f"{name}:{number}: not valid YAML: {error.reason}", "remove the character") from error


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser where PyYAML was built with it
_QUOTING = "check the indentation, and quote text that holds `: ` or ` #` or begins with a sign such as @ ` % * & !"


def _misfit(name: str, line: int, what: str, hint: str) -> AdvisorError:
    """One line each, even where the file's own words are quoted and run over several."""
    what, hint = (" ".join(text.split()) for text in (what, hint))
    return AdvisorError(f"{name}:{line}: {what[:LONGEST]}", hint[:LONGEST])


def _decoded(path: Path, name: str) -> str:
    try:
        return read_bytes(path, LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise AdvisorError(f"{name}:{line}: not UTF-8 text", "save the file as UTF-8") from error
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise AdvisorError(
                f"{name}: larger than {LARGEST // 1_000_000} MB", "split it into several files"
            ) from error
        raise AdvisorError(f"{name}: cannot be read: {error.strerror}") from error


@dataclass(slots=True)
class _Reader:
    """Turns the events of one file into plain data, and notes the line of everything."""

    name: str
    events: Iterator[Any]
    lines: dict[Place, int] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        next(self.events)  # the stream starts
        if isinstance(next(self.events), yaml.StreamEndEvent):
            raise AdvisorError(f"{self.name}: the file is empty", "write a rule in it, or delete it")
        root = next(self.events)
        if not isinstance(root, yaml.MappingStartEvent):
            self._refuse(root, "the file must be a mapping", "begin with a line such as `id: my-rule`")
        self._plain(root)
        data = self._mapping(())
        next(self.events)  # the document ends
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            self._refuse(after, "a second document in one file", "give each rule its own file")
        return data

    def _value(self, event: Any, place: Place) -> Any:
        self._plain(event)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, place)
        if len(place) > DEEPEST:
            self._refuse(event, f"nested deeper than {DEEPEST} levels", "simplify it")
        return self._mapping(place) if isinstance(event, yaml.MappingStartEvent) else self._sequence(place)

    def _plain(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            self._refuse(
                event, "anchors and aliases are not allowed", "write it out; quote text that begins with & or *"
            )
        if event.tag is not None:
            self._refuse(event, f"the tag {event.tag} is not allowed", "leave it out; quote what is text")

    def _mapping(self, place: Place) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for event in iter(self.events.__next__, None):
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event)
            here = (*place, key)
            if key in data:
                self._refuse(event, f'"{key}" is given twice', f"the first is on line {self.lines[here]}")
            self.lines[here] = event.start_mark.line + 1
            data[key] = self._value(next(self.events), here)
        return data

    def _key(self, event: Any) -> str:
        self._plain(event)
        if not isinstance(event, yaml.ScalarEvent):
            self._refuse(event, "a key must be text", "a list or mapping cannot be a key")
        key = self._scalar(event, ())
        if not isinstance(key, str):
            self._refuse(event, f"the key {event.value or 'null'} is not text", f'write "{event.value}" in quotes')
        return key

    def _sequence(self, place: Place) -> list[Any]:
        items: list[Any] = []
        for event in iter(self.events.__next__, None):
            if isinstance(event, yaml.SequenceEndEvent):
                break
            here = (*place, len(items))
            self.lines[here] = event.start_mark.line + 1
            items.append(self._value(event, here))
        return items

    def _scalar(self, event: Any, place: Place) -> Any:
        text: str = event.value
        if not event.implicit[0]:  # quoted, or a block of text
            return text
        if text == "":
            what = f'"{place[-1]}" has no value' if place else "a key is missing"
            self._refuse(event, what, "write one, or remove the line")
        if text.lower() in ("yes", "no", "on", "off"):
            self._refuse(event, f"a bare {text} is not clear", f'write "{text}" in quotes, or true or false')
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if _INTEGER.fullmatch(text):
            return int(text, 0) if text[:2] in ("0x", "0o") else int(text)
        if _FLOAT.fullmatch(text):
            if isinf(float(text)):
                self._refuse(event, f"the number {text} is too large", "leave the key out for no limit")
            return float(text)
        return text

    def _refuse(self, event: Any, what: str, hint: str) -> NoReturn:
        raise _misfit(self.name, event.start_mark.line + 1, what, hint)


_CONSTANTS = {
    "null": None, "Null": None, "NULL": None, "~": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}|0o[0-7]{1,18}|0x[0-9a-fA-F]{1,16}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
