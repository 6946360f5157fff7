"""View: the files as whoever asks sees them: on disk, below what an editor has not saved, within the folders it opened."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from advisor.inputs.notebook import ENDING, read_notebook
from advisor.inputs.reading import read_file, with_line_feeds
from advisor.model.source import Skipped, Source


@dataclass(frozen=True, slots=True)
class View:
    """`unsaved` texts, by absolute path, count instead of what is on disk. Where `within` names folders (their
    real paths), no file outside of them is read, also not by way of a symbolic link; an unsaved text counts wherever its
    file lies."""

    unsaved: Mapping[str, str] = field(default_factory=dict)
    within: tuple[str, ...] = ()

    def read(self, file: str, path: str, reported: bool) -> Source | Skipped:
        """The text of `file` (absolute), known as `path` in the report, or why there is none."""
        if file in self.unsaved:
            if path.endswith(ENDING):
                return read_notebook(path, self.unsaved[file].encode("utf-8", "surrogatepass"), reported)
            return Source(path, with_line_feeds(self.unsaved[file]), reported)
        if not self.allows(file):
            return Skipped(path, "outside the workspace")
        return read_file(file, path, reported)

    def exists(self, file: str) -> bool:
        return file in self.unsaved or os.path.lexists(file)

    def names(self, folder: str) -> frozenset[str]:
        """What is in `folder`: nothing where it cannot be listed."""
        try:
            names = os.listdir(folder)
        except OSError:
            names = []
        return frozenset(
            [*names, *(os.path.basename(file) for file in self.unsaved if os.path.dirname(file) == folder)]
        )

    def allows(self, file: str) -> bool:
        """Does `file`, whatever links lead to it, lie in one of the folders?"""
        if not self.within:
            return True
        real = os.path.realpath(file)
        return any(real == folder or real.startswith(folder.rstrip(os.sep) + os.sep) for folder in self.within)


DISK = View()
