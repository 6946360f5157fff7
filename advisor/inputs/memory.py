"""Memory: what a process that stays up keeps between analyses: rules, the facts of files, and what was judged last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from advisor.inputs.project import Project
from advisor.inputs.remembered import stamp
from advisor.inputs.rule_folders import list_rule_files
from advisor.inputs.view import DISK, View
from advisor.model.facts import ModuleFacts
from advisor.model.knowledge import Knowledge
from advisor.model.source import Skipped, Source

_MOST_JUDGED = 2  # analyses: each holds a linked program

Judged = TypeVar("Judged")


@dataclass(slots=True)
class Memory:
    """`view` is set anew for each analysis. Facts are kept by the text they were made of, so nothing here grows stale."""

    view: View = DISK
    _knowledge: tuple[tuple[Path, ...], str, Knowledge] | None = None
    _facts: dict[tuple[Path, str], tuple[str, ModuleFacts | Skipped]] = field(default_factory=dict)
    _projects: dict[Path, Project] = field(default_factory=dict)
    _judged: OrderedDict[Hashable, tuple[object, object]] = field(default_factory=OrderedDict)

    def knowledge(self, directories: tuple[Path, ...], load: Callable[[], Knowledge]) -> Knowledge:
        """What `load` gives, which is asked again once a file of `directories` changes; the first holds the advisor's own
        rules, which do not change while it runs."""
        state = stamp(tuple(list_rule_files(directories[1:])), checked=True)
        if self._knowledge is None or self._knowledge[:2] != (directories, state):
            self._knowledge = directories, state, load()
            self._facts.clear()  # they hold what the rules of before matched
            self._judged.clear()
        return self._knowledge[2]

    def project(self, project: Project) -> Project:
        """The same project, where its folders are what they were with what was found in them."""
        before = self._projects.get(project.root)
        self._projects[project.root] = known = project if before is None else project.remembering(before)
        return known

    def facts(self, root: Path, source: Source) -> ModuleFacts | Skipped | None:
        """What was extracted of this text before; `root` is that of its project."""
        text, facts = self._facts.get((root, source.path), (None, None))
        return facts if text == source.text else None

    def keep_facts(self, root: Path, source: Source, facts: ModuleFacts | Skipped) -> ModuleFacts | Skipped:
        """Keeps the facts of a file in place of earlier ones, and gives the earlier ones back where they say the same."""
        _, before = self._facts.get((root, source.path), (None, None))
        kept = before if before is not None and before == facts else facts
        self._facts[root, source.path] = source.text, kept
        return kept

    def judged(self, key: Hashable, rests_on: object, judge: Callable[[], Judged]) -> Judged:
        """What `judge` gave under this key when all that it rests on was the same, else what it gives now."""
        kept = self._judged.pop(key, None)
        if kept is None or kept[0] != rests_on:
            kept = rests_on, judge()
        self._judged[key] = kept
        while len(self._judged) > _MOST_JUDGED:
            self._judged.popitem(last=False)
        return kept[1]  # type: ignore[return-value]
