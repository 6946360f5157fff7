"""Finish: the rewrites of one file made together, with the imports and helper functions they need, and the result checked."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Sequence

from advisor.model.refactor import Edit, Needed, Rewrite
from advisor.stages.generate.guard import guarded
from advisor.stages.generate.helpers import HELPERS
from advisor.stages.generate.meanings import check_meanings
from advisor.stages.generate.names import binds
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.source import Source


def finish(source: Source, rewrites: Sequence[Rewrite]) -> str:
    """The text of the file with the rewrites made; Refused when what comes out is not Python, which would be our mistake."""
    helpers = sorted({helper for rewrite in rewrites for helper in rewrite.helpers})
    needs = {need for rewrite in rewrites for need in rewrite.needs}
    needs |= {need for helper in helpers for need in HELPERS[helper][1]}
    edits = [
        *_import_edits(source, sorted(need for need in needs if not _has(source, need))),
        *_helper_edits(source, _definitions(source, helpers, rewrites), rewrites),
        *(edit for rewrite in rewrites for edit in rewrite.edits),
    ]
    whole = source.finished(edits)
    _check_meanings(source, whole, needs)
    text = _without_spent_imports(source, whole)
    if isolated := [rewrite for rewrite in rewrites if rewrite.guard]:
        text = _guarded(text, isolated)
    try:
        compile(text.removeprefix("\ufeff"), "<generated>", "exec", dont_inherit=True)
    except SyntaxError as error:
        raise Refused("layout", f"the result would not be Python: {error.msg}", error.lineno or 1) from error
    return text


def _check_meanings(source: Source, text: str, needs: set[Needed]) -> None:
    try:
        new = ast.parse(text)
    except (SyntaxError, ValueError):
        return  # told by `finish`
    check_meanings(source.tree, new, needs)


def _guarded(text: str, rewrites: Sequence[Rewrite]) -> str:
    try:
        return guarded(text, rewrites)
    except SyntaxError:
        return text  # told by `finish`


def _without_spent_imports(source: Source, text: str) -> str:
    """The text without the imports that only the old code used."""
    try:
        new = Source(text)
    except SyntaxError:
        return text  # told by `finish`
    before, after = _used(source.tree), _used(new.tree)
    spent = before - after
    edits: list[Edit] = []
    for statement in new.tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom) and new.owns_its_lines([statement]):
            names = [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
            if all(name in spent for name in names):
                edits.append(Edit(*new.whole_lines([statement]), ""))
            elif any(name in spent for name in names) and statement.lineno == statement.end_lineno:
                kept = [new.segment(a) for a, name in zip(statement.names, names, strict=True) if name not in spent]
                start, end = new.span(statement.names[0])[0], new.span(statement.names[-1])[1]
                edits.append(Edit(start, end, ", ".join(kept)))
    return new.finished(edits) if edits else text


def _used(tree: ast.Module) -> frozenset[str]:
    """The names that are read anywhere, or listed in `__all__`."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)}
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return frozenset(names | {text for text in texts if text.isidentifier()})


def _definitions(source: Source, helpers: Sequence[str], rewrites: Sequence[Rewrite]) -> list[str]:
    """The helpers and other functions that the rewrites need and the module does not have yet."""
    has = binds(source.tree.body)
    for name in has & set(helpers):
        _check_helper(source, name)
    defined = sorted({each for rewrite in rewrites for each in rewrite.defines})
    return [HELPERS[name][0] for name in helpers if name not in has] + [d.text for d in defined if d.name not in has]


def _check_helper(source: Source, name: str) -> None:
    """A helper that is there already must be the one that is meant."""
    meant = {ast.dump(s) for s in ast.parse(HELPERS[name][0]).body if name in binds([s])}
    for statement in source.tree.body:
        if name in binds([statement]) and ast.dump(statement) not in meant:
            raise Refused("layout", f"the module has a `{name}` of its own", statement.lineno)


def _helper_edits(source: Source, helpers: Sequence[str], rewrites: Sequence[Rewrite]) -> Iterable[Edit]:
    """Helpers stand right above the first function or class at the level of the module, or above the first use."""
    if not helpers:
        return
    first_use = min(rewrite.start for rewrite in rewrites if rewrite.helpers)
    for statement in source.tree.body:
        defines = isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if defines or source.whole_lines([statement])[1] > first_use:
            first = statement is source.tree.body[0] and not _clear_top(
                source
            )  # its imports go below the first comment
            place = source.line_start(statement.lineno if first else source.first_line(statement))
            text = "".join(f"{each}\n\n" for each in helpers)
            before = source.text[:place]
            empty = len(before.replace("\r", "")) - len(before.replace("\r", "").rstrip("\n")) - 1
            lead = "" if not before.strip() or defines else "\n" * max(0, 2 - empty)
            yield Edit(place, place, lead + text)
            return


# ---- imports


def _has(source: Source, need: Needed) -> bool:
    """Does the module import just this already, at its own level?"""
    for statement in source.tree.body:
        match statement:
            case ast.Import(names=names) if not need.name:
                if any(alias.name == need.module and alias.asname in (None, need.module) for alias in names):
                    return True
            case ast.ImportFrom(module=need.module, names=names, level=0) if need.name:
                if any(alias.name == need.name and alias.asname in (None, need.name) for alias in names):
                    return True
    if need.binds in binds(s for s in source.tree.body if not _same_package(s, need)):
        raise Refused("layout", f"the module has a `{need.binds}` of its own", 1)
    return False


def _same_package(statement: ast.stmt, need: Needed) -> bool:
    """`import redis` where `redis.asyncio` is needed: both give the name the same meaning."""
    match statement:
        case ast.Import(names=names) if not need.name:
            return all(alias.asname != need.binds for alias in names)
    return False


def _import_edits(source: Source, needs: Sequence[Needed]) -> Iterable[Edit]:
    """Each import where a reader expects it: standard library before the others, plain before `from`, by name."""
    block = _first_imports(source)
    insertions: dict[int, list[str]] = {}
    merged: dict[ast.ImportFrom, list[str]] = {}
    for need in needs:
        same = _same_from(source, block, need)
        if same is not None:
            merged.setdefault(same, []).append(need.name)
            continue
        place = _place(source, block, need)
        line = f"from {need.module} import {need.name}" if need.name else f"import {need.module}"
        lines = insertions.setdefault(place, [])
        joined = next(
            (i for i, other in enumerate(lines) if need.name and other.startswith(f"from {need.module} import ")), None
        )
        if joined is None:
            lines.append(line)
        else:
            lines[joined] += f", {need.name}"
    for statement, names in merged.items():
        old = [source.segment(alias) for alias in statement.names]
        start, end = source.span(statement)
        text = f"from {statement.module} import {', '.join(sorted([*old, *names], key=_name_order))}"
        yield Edit(start, end, text)
    for place, lines in insertions.items():
        lines.sort(key=_import_order)
        yield Edit(place, place, _grouped(source, place, lines) + _gap_after(source, block, place, lines))


def _grouped(source: Source, place: int, lines: Sequence[str]) -> str:
    """The lines, with an empty one between the standard library, right above or among them, and the others."""
    text, above = "", source.text[:place].removesuffix("\n").removesuffix("\r").rpartition("\n")[2]
    for line in lines:
        follows = above.startswith(("import ", "from ")) and _standard(above.split()[1])
        text += f"\n{line}\n" if follows and not _standard(line.split()[1]) else f"{line}\n"
        above = line
    return text


def _name_order(name: str) -> tuple[int, str]:
    """Constants, classes, then the rest, as ruff and isort sort what is imported from one module."""
    plain = name.partition(" ")[0]
    return (0 if plain.isupper() and len(plain) > 1 else 1 if plain[:1].isupper() else 2), plain


def _import_order(line: str) -> tuple[bool, bool, str]:
    module = line.split()[1]
    return not _standard(module), line.startswith("from"), module.lower()


def _first_imports(source: Source) -> list[ast.stmt]:
    """The first imports in a row: only texts, `__future__` and names like `__all__` may stand before them."""
    found: list[ast.stmt] = []
    for statement in source.tree.body:
        match statement:
            case ast.ImportFrom(module="__future__"):
                continue
            case ast.Import() | ast.ImportFrom():
                found.append(statement)
            case ast.Expr(value=ast.Constant(value=str())) if not found:
                continue
            case ast.Assign(targets=[ast.Name(id=name)]) if not found and name.startswith("__"):
                continue
            case _:
                break
    return found


def _same_from(source: Source, block: Sequence[ast.stmt], need: Needed) -> ast.ImportFrom | None:
    for statement in block:
        match statement:
            case ast.ImportFrom(module=need.module, level=0) if need.name and statement.lineno == statement.end_lineno:
                if "(" not in source.segment(statement) and statement.names[0].name != "*":
                    return statement
    return None


def _place(source: Source, block: Sequence[ast.stmt], need: Needed) -> int:
    key = (not _standard(need.module), bool(need.name), need.module.lower())
    after: ast.stmt | None = None
    for statement in block:
        if _key(statement) <= key:
            after = statement
    if after is not None:
        following = block[block.index(after) + 1] if after is not block[-1] else None
        if following is not None and _key(following)[0] and not _key(after)[0] and key[0]:
            return source.line_start(source.first_line(following))
        return source.line_start((after.end_lineno or 0) + 1)
    if block:
        first = source.first_line(block[0])  # above its comments, unless they are those of the whole file
        return source.line_start(block[0].lineno if first == 1 else first)
    opening = [s for i, s in enumerate(source.tree.body) if _opens(i, s)]
    if opening:
        return source.line_start((opening[-1].end_lineno or 0) + 1)
    return (
        source.line_start(source.first_line(source.tree.body[0]) if source.tree.body else 1)
        if _clear_top(source)
        else (source.line_start(source.tree.body[0].lineno))
    )


def _clear_top(source: Source) -> bool:
    """No shebang or encoding line that would have to stay first."""
    return not source.line(1).removeprefix("\ufeff").startswith("#")


def _opens(index: int, statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Constant(value=str())):
            return index == 0
        case ast.ImportFrom(module="__future__"):
            return True
    return False


def _key(statement: ast.stmt) -> tuple[bool, bool, str]:
    match statement:
        case ast.ImportFrom(module=module, level=level):
            return (not _standard(module or "") or level > 0, True, (module or "").lower())
        case ast.Import(names=names):
            return (not _standard(names[0].name), False, names[0].name.lower())
    return (True, True, "")


def _standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names


def _gap_after(source: Source, block: Sequence[ast.stmt], place: int, lines: Sequence[str]) -> str:
    """An empty line between the groups of the standard library and of the others, two before code."""
    following = next((s for s in source.tree.body if source.line_start(source.first_line(s)) >= place), None)
    if following is None:
        return ""
    if not block:
        return "" if source.text[place:].startswith(("\n", "\r")) else "\n\n"
    if following in block and not _standard(_key(following)[2]) and _standard(lines[-1].split()[1]):
        start = source.line_start(following.lineno)
        return "" if source.text[place:start].strip() == "" and "\n" in source.text[place:start] else "\n"
    return ""
