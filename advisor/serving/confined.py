"""Confined: paths that a client gives, held to the folder of its workspace."""

from __future__ import annotations

import os
from pathlib import Path

from advisor.errors import AdvisorError


def inside(folder: str, path: str) -> Path:
    """A path as the client gave it, from the workspace's folder. AdvisorError where it leads out of it, or nowhere."""
    file = os.path.normpath(os.path.join(folder, path))
    if not lies_in(os.path.realpath(file), os.path.realpath(folder)):
        raise AdvisorError(f"{path}: outside the workspace", f"the workspace is {folder}")
    if not os.path.exists(file):
        raise AdvisorError(f"no such file or folder: {path}", f"paths count from {folder}")
    return Path(file)


def lies_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
