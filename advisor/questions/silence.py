"""Silence: whether a comment keeps a place from being reported, by a slug or by the code of another linter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from advisor.model.facts import WHOLE_FILE, ModuleFacts


@dataclass(frozen=True, slots=True)
class Silence:
    """The comments of all files, and by slug the `codes` under which other linters report the same fault."""

    modules: Mapping[str, ModuleFacts]
    codes: Mapping[str, tuple[str, ...]]

    def holds(self, path: str, lines: Collection[int], slugs: frozenset[str], proofs: Iterable[int] = ()) -> bool:
        """Does a comment on one of `lines`, or one for the whole file, silence any of `slugs`?

        A `# noqa` may also stand at one of `proofs`, where another linter reports the fault. One without codes silences
        what other linters report too, and nothing that only the advisor does.
        """
        module = self.modules[path]
        own = [module.ignores[line] for line in (WHOLE_FILE, *lines) if line in module.ignores]
        if any(not listed or not slugs.isdisjoint(listed) for listed in own):
            return True
        same = [code for slug in slugs for code in self.codes.get(slug, ())]
        foreign = [module.noqa[line] for line in (WHOLE_FILE, *lines, *proofs) if line in module.noqa] if same else []
        return any(not listed or any(code.startswith(listed) for code in same) for listed in foreign)
