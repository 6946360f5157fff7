"""Hold what a YAML file says against the shape it must have; a misfit is told with its line, its key and a way out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar, get_args

from msgspec import json
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from advisor.errors import did_you_mean
from advisor.inputs.yaml_file import Place, YamlFile

Shape = TypeVar("Shape", bound=BaseModel)


def fit(file: YamlFile, shape: type[Shape]) -> Shape:
    """The file's data as `shape`; nothing is converted (a number is no text). AdvisorError tells the first misfit."""
    try:
        return shape.model_validate_json(json.encode(file.data), strict=True)
    except ValidationError as error:
        # An unknown key comes before the key that is missing for it: mending the one mends the other.
        misfits = sorted(error.errors(), key=lambda misfit: (misfit["type"] == "missing", file.line(misfit["loc"])))
        what, hint = _explain(misfits[0], shape)
        others = len(misfits) - 1
        more = f"{others} more in this file" if others else ""
        file.refuse(misfits[0]["loc"], what, "; ".join(filter(None, (hint, more))))


def check_pattern(file: YamlFile, place: Place, pattern: Any) -> None:
    """Refuses keys of an ast-grep rule object that do not exist: ast-grep overlooks some in silence."""
    if not isinstance(pattern, dict):
        file.refuse(place, f"{_spell(place)}: a rule must be a mapping", "write `pattern: …` or `kind: …`")
    known = _MATCHERS | (_RELATION if place[-1] in _RELATIONS else set())
    for key, value in pattern.items():
        here = (*place, key)
        if key not in known:
            file.refuse(here, f'unknown key "{key}" in {_spell(place)}', did_you_mean(key, known) or _one_of(known))
        if key in ("all", "any"):
            if not isinstance(value, list):
                file.refuse(here, f"{_spell(here)} must be a list of rules", "begin each with `- `")
            for index, item in enumerate(value):
                check_pattern(file, (*here, index), item)
        elif key in _RELATIONS or key == "not" or (key == "stopBy" and isinstance(value, dict)):
            check_pattern(file, here, value)


_RELATIONS = {"inside", "has", "precedes", "follows"}
_RELATION = {"stopBy", "field"}
_MATCHERS = {"pattern", "kind", "regex", "nthChild", "range", "all", "any", "not"} | _RELATIONS


def _explain(misfit: ErrorDetails, shape: type[BaseModel]) -> tuple[str, str]:
    """What is wrong and what to do, in the words of the file and not of the library that found it."""
    place: Place = misfit["loc"]
    if misfit["type"] == "extra_forbidden":
        known = _keys_at(shape, place[:-1])
        return f'unknown key "{place[-1]}"{_within(place[:-1])}', did_you_mean(str(place[-1]), known) or _one_of(known)
    if misfit["type"] == "missing":
        return f'"{place[-1]}" is missing{_within(place[:-1])}', f"add `{place[-1]}: …`"
    found = misfit["input"]
    if misfit["type"] in ("enum", "literal_error"):
        words = re.findall(r"'([^']*)'", misfit.get("ctx", {}).get("expected", ""))
        return f'{_spell(place)}: unknown word "{found}"', did_you_mean(str(found), words) or _one_of(words)
    if misfit["type"] == "value_error":
        return f"{_spell(place)}: {misfit['ctx']['error']}".removeprefix(": "), ""
    if place[-1] == "[key]":
        return f'"{place[-2]}"{_within(place[:-2])} is not a qualified name', _QUALIFIED
    if misfit["type"] == "string_pattern_mismatch":
        hint = (
            "write lower-case words joined by hyphens"
            if misfit["ctx"]["pattern"].startswith("^[a-z0-9]")
            else _QUALIFIED
        )
        return f'{_spell(place)}: "{found}" is not well formed', hint
    rule = misfit["msg"].replace("Input should", "should").replace("valid array", "list")
    hint = {"string_type": f'write "{found}" in quotes', "tuple_type": f"write [{found}]"}.get(misfit["type"], "")
    return f"{_spell(place)}: {rule}", "" if isinstance(found, dict | list) else hint


_QUALIFIED = "write it like `package.module.Class.method`"


def _keys_at(shape: type[BaseModel], place: Place) -> set[str]:
    """The keys allowed at `place` of a file of that shape."""
    shapes = {shape}
    for step in place:
        fields = {key: field for each in shapes for key, field in _fields(each)}
        if step in fields:
            shapes = set(_shapes_in(fields[str(step)].annotation))
    return {key for each in shapes for key, _ in _fields(each)}


def _fields(shape: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    return ((field.alias or name, field) for name, field in shape.model_fields.items())


def _shapes_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that an annotation such as `tuple[Example, ...] | None` speaks of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _shapes_in(part)


def _spell(place: Place) -> str:
    """`("examples", 0, "code")` as `examples[0].code`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).lstrip(".")


def _within(place: Place) -> str:
    return f" in {_spell(place)}" if place else ""


def _one_of(words: Iterable[str]) -> str:
    return f"one of: {', '.join(sorted(words))}"
