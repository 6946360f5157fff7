"""Changes: which lines of the project differ from a revision in git, or are changed by a patch."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from advisor.errors import AdvisorError
from advisor.inputs.patch import read_patch
from advisor.inputs.project import Project
from advisor.model.changes import Changed

_GIT = (
    "git", "--no-pager", "--no-optional-locks", "-c", "core.quotePath=false", "-c", "core.fsmonitor=false",
)  # fmt: skip
_DIFF = (
    "diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames", "--no-relative",
    "--src-prefix=a/", "--dst-prefix=b/", "--ignore-submodules",
)  # fmt: skip
_WAIT = 120  # seconds: git that hangs, on a network or a prompt, must not hang us


def changes_since(project: Project, revision: str) -> dict[str, Changed]:
    """What the working tree changed since it left `revision`, files that git does not know yet included, by path.

    Where `revision` has gone on meanwhile (a branch), the changes count from the last commit that both share. AdvisorError
    where there is no git, no repository, no such revision, or no such commit.
    """
    top = Path(os.path.realpath(_git(project.root, "rev-parse", "--show-toplevel").rstrip("\n")))
    commit = _commit(top, revision)
    changed = {name.removeprefix("b/"): lines for name, lines in read_patch(_git(top, *_DIFF, commit, "--")).items()}
    fresh = _git(top, "ls-files", "--others", "--exclude-standard", "-z").split("\0")
    changed |= {name: Changed(everything=True) for name in fresh if name}
    root = Path(os.path.realpath(project.root))
    return {
        os.path.relpath(top / name, root).replace(os.sep, "/"): _in_lines(name, lines)
        for name, lines in changed.items()
    }


def changes_in(project: Project, patch: str) -> tuple[dict[str, Changed], tuple[str, ...]]:
    """What a unified diff changed, by path, and the names of its files that are not here.

    A name counts from this folder, from the project's root or from the top of the repository, with `b/` in front or without.
    """
    found: dict[str, Changed] = {}
    missing = []
    for name, lines in read_patch(patch).items():
        file = next((each for each in _places(project, name) if os.path.isfile(each)), None)
        if file is None:
            missing.append(name)
        else:
            found[project.relative(os.path.abspath(file))] = _in_lines(name, lines)
    return found, tuple(missing)


def _places(project: Project, name: str) -> Iterator[str]:
    folders = [os.getcwd(), str(project.root)]
    folders += [str(folder) for folder in (project.root, *project.root.parents) if (folder / ".git").exists()][:1]
    names = (name, name.partition("/")[2]) if "/" in name else (name,)
    for folder in folders:
        yield from (os.path.join(folder, each) for each in reversed(names))


def _in_lines(name: str, lines: Changed) -> Changed:
    """The lines of a notebook's file are not those of its cells."""
    return Changed(everything=True) if name.endswith(".ipynb") else lines


def _commit(top: Path, revision: str) -> str:
    hint = "give a branch, tag or commit, like --since origin/main"
    if revision.startswith("-"):
        raise AdvisorError(f"--since {revision}: no such revision", hint)
    try:
        commit = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
    except AdvisorError as error:
        raise AdvisorError(f"--since {revision}: git knows no such revision", hint) from error
    try:
        return _git(top, "merge-base", commit, "HEAD").strip()
    except AdvisorError as error:
        hint = "a shallow clone has to be deepened first: git fetch --unshallow"
        raise AdvisorError(f"--since {revision}: it shares no commit with the working tree", hint) from error


def _git(folder: Path, *arguments: str) -> str:
    """What git prints. No pager, file monitor, text conversion or difference of the repository's own choice is run."""
    try:
        ran = subprocess.run(
            [*_GIT, *arguments], cwd=folder, capture_output=True, timeout=_WAIT, check=False, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError as error:
        raise AdvisorError("--since needs git, and there is none", "install git, or give a diff: --diff") from error
    except subprocess.TimeoutExpired as error:
        raise AdvisorError(f"git {arguments[0]} took more than {_WAIT} s", "give a diff instead: --diff") from error
    if ran.returncode:
        said = ran.stderr.decode("utf-8", "replace").strip().partition("\n")[0].removeprefix("fatal: ")
        raise AdvisorError(f"git {arguments[0]}: {said or 'failed'}", f"in {folder}")
    return ran.stdout.decode("utf-8", "surrogateescape")
