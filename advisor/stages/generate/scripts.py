"""Scripts: code that another interpreter is given to run, and whether it needs what it, or another one, left behind."""

from __future__ import annotations

import ast
import builtins
import itertools
import re
from collections.abc import Iterator, Sequence

from advisor.model.catalog import CallEntry, Catalog
from advisor.model.effect import COMPUTING, Effect
from advisor.model.state import Deed, Key
from advisor.questions.interference import varies
from advisor.stages.generate.names import dotted

_ALONE = COMPUTING | {Effect.NONE, Effect.SLEEP, Effect.TERMINAL}
_STREAMS = ("sys.stdin.", "sys.stdout.", "sys.stderr.")


def unread_script(catalog: Catalog, deed: Deed, moving: frozenset[str]) -> str:
    """What an interpreter is given that may act on anything: a file that was not read, or code that is written out and does so;
    empty where there is none. `moving` are the names whose values are others for each item."""
    name = next(iter(deed.words), None) if deed.access is None else None
    entry = None if name is None else catalog.programs.get(name.text.rpartition("/")[2])
    if entry is None or not entry.runs_scripts:
        return ""
    options = list(itertools.takewhile(lambda word: word.text.startswith("-"), deed.words[1:]))
    given = deed.words[len(options) + 1 :]
    if not given:
        return ""
    if not any(word.text.endswith("c") for word in options):
        return f"`{given[0].text or 'a script'}`, which was not read"
    if entry.shell:  # the commands of a line that is written out are looked at one by one
        return "" if re.match(r"\s*\w", given[0].text) else "a line that is not written out"
    apart = [varies(word, moving) for word in given]
    return "" if _keeps_to_itself(catalog, given[0], apart) else "code that may act on anything"


def _keeps_to_itself(catalog: Catalog, script: Key, apart: Sequence[bool]) -> bool:
    """Does Python code that is written out only compute, wait, and tell what came of it, or open files that it is given? `apart` tells
    of each argument whether it is another one for each item."""
    try:
        tree = ast.parse(script.text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    imported = dict(_imported(tree))
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}

    def alone(call: ast.Call) -> bool:
        name = dotted(call.func)
        if name is None:  # a method of what another call gives, which is looked at by itself
            method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            return method in catalog.builtin_methods or _is_of_a_file(call.func)
        if name in own:
            return True
        return _is_alone(catalog, _in_full(name, imported)) or (name == "open" and _opens_its_own(call, apart))

    return all(alone(node) for node in ast.walk(tree) if isinstance(node, ast.Call))


def _is_of_a_file(method: ast.expr) -> bool:
    match method:
        case ast.Attribute(value=ast.Call(func=ast.Name(id="open"))):
            return True
    return False


def _opens_its_own(call: ast.Call, apart: Sequence[bool]) -> bool:
    """`open(sys.argv[1])`, where that is not the same for all."""
    match call.args:
        case [ast.Subscript(value=value, slice=ast.Constant(value=int(place))), *_] if dotted(value) == "sys.argv":
            return 0 < place < len(apart) and apart[place]
    return False


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """The names that imports bind, with what they stand for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((each.asname or each.name.partition(".")[0], each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((each.asname or each.name, f"{node.module}.{each.name}") for each in node.names)


def _in_full(name: str, imported: dict[str, str]) -> str:
    first, _, rest = name.partition(".")
    if first in imported:
        return f"{imported[first]}.{rest}" if rest else imported[first]
    return f"builtins.{name}" if not rest and hasattr(builtins, name) else name


def _is_alone(catalog: Catalog, name: str) -> bool:
    known = catalog.call(name)
    if known is not None:
        return known[1].effect in _ALONE and not _acts(known[1])
    return name.startswith(_STREAMS) or ("." in name and name.rpartition(".")[2] in catalog.builtin_methods)


def _acts(entry: CallEntry) -> bool:
    named: Sequence[object] = (entry.access, entry.mode, entry.statement, entry.verb)
    return any(each is not None for each in named)
