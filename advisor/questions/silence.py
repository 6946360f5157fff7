"""Silence: whether a comment keeps a place from being reported, by a slug or by the code of another linter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from advisor.model.facts import WHOLE_FILE, Ignore, ModuleFacts


@dataclass(frozen=True, slots=True)
class Silence:
    """The comments of all files, and by slug the `codes` under which other linters report the same fault."""

    modules: Mapping[str, ModuleFacts]
    codes: Mapping[str, tuple[str, ...]]

    def holds(self, path: str, lines: Collection[int], slugs: frozenset[str], proofs: Iterable[int] = ()) -> bool:
        """Does a comment on one of `lines`, above a block around them, or for the whole file, silence any of `slugs`?

        A `# noqa` may also stand at one of `proofs`, where another linter reports the fault. One without codes silences
        what other linters report too, and nothing that only the advisor does.
        """
        if self.silencing(path, lines, slugs):
            return True
        module = self.modules[path]
        same = [code for slug in slugs for code in self.codes.get(slug, ())]
        foreign = [module.noqa[line] for line in (WHOLE_FILE, *lines, *proofs) if line in module.noqa] if same else []
        return any(not listed or any(code.startswith(listed) for code in same) for listed in foreign)

    def silencing(self, path: str, lines: Collection[int], slugs: frozenset[str]) -> list[tuple[Ignore, str]]:
        """The comments to the advisor that silence any of `slugs` at one of `lines`, each with the slug that it names
        (empty where it names none and silences all)."""
        here = [ignore for ignore in self.modules[path].ignores if any(map(ignore.covers, lines))]
        named = [(ignore, slug) for ignore in here for slug in ignore.slugs if slug in slugs]
        return [*((ignore, "") for ignore in here if not ignore.slugs), *named]
