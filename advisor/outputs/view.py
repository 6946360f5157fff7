"""What a format may use beside the report: the sources, the rules, what can be written, and the terminal it is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from advisor.model.change import Change
from advisor.model.report import Finding

Sources = Callable[[str], list[str] | None]


@dataclass(frozen=True, slots=True)
class RulePage:
    """A rule as `advisor explain` shows it: title, the reason in a sentence or two, and the whole page as Markdown."""

    title: str
    why: str
    markdown: str


def _nothing(_: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class View:
    """`sources` gives a file's lines by its path in the report (None: it cannot be read), `shown_path` turns that path into
    one that opens from where the reader stands, `page` gives the page of a rule by its slug.

    `changes` says by a finding's id what `generate` would write; an id that is missing was not tried. `width` is in columns,
    `ascii_only` is for terminals that cannot show more.
    """

    sources: Sources = _nothing
    width: int = 100
    color: bool = False
    ascii_only: bool = False
    shown_path: Callable[[str], str] = str
    page: Callable[[str], RulePage | None] = _nothing
    changes: Mapping[str, Change] = field(default_factory=dict)

    def writable(self, finding: Finding) -> bool:
        """Whether `generate` can write this finding; false also where that was not tried."""
        return finding.id in self.changes and bool(self.changes[finding.id].files)
