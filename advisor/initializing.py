"""Initialize: a configuration and a pre-commit hook for a project, added to what is there without changing a byte of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from advisor.configuration import OWN_FILE, read_configuration
from advisor.errors import AdvisorError
from advisor.files import read_bytes
from advisor.inputs.declared import oldest_python
from advisor.inputs.machine import OLDEST
from advisor.inputs.reading import decode
from advisor.outputs.settings import toml
from advisor.writing import append, write_new

_HOOKS = ".pre-commit-config.yaml"
_HOOK = """\
- repo: local
  hooks:
  - id: advisor
    name: advisor
    entry: advisor analyze --fail-on high --force-exclude
    language: system  # the advisor that is installed
    types: [python]
    require_serial: true
"""
_COMMENTED = """\
# exclude = ["migrations/"]                   # patterns as in .gitignore
# ignore = ["SLUG"]                           # `advisor rules` lists them all
# per-file-ignores = {"tests/*" = ["SLUG"]}
# baseline = "advisor-baseline.json"          # reports only what is new; `advisor analyze --write-baseline`
# fail-on = "high"                            # exit code 1 on such findings
"""


def initialize(folder: Path) -> Iterator[tuple[str, str]]:
    """Adds what is missing; yields what was done to each file, with a hint. AdvisorError for a file that cannot be read."""
    if not folder.is_dir():
        raise AdvisorError(f"{folder}: no such folder", "advisor init takes the project's folder")
    yield _configure(folder)
    yield _hook(folder)


def _configure(folder: Path) -> tuple[str, str]:
    there = read_configuration(folder)
    if there.file is not None:
        return f"kept {there.file}: it configures the advisor already", "`advisor config show` prints what it says"
    shared = folder / "pyproject.toml"
    if shared.exists():
        append(shared, f"\n[tool.advisor]\n{_section(folder)}")
        return f"added [tool.advisor] to {shared}", "`advisor config show` prints what holds now"
    write_new(folder / OWN_FILE, _section(folder))
    return f"created {folder / OWN_FILE}", "`advisor config show` prints what holds now"


def _section(folder: Path) -> str:
    """What the folder itself tells, and the rest as comments."""
    oldest = oldest_python(folder)
    target = f"3.{max(oldest, OLDEST)[1]}" if oldest else None
    lines = [
        f"paths = {toml(['src'])}\n" if (folder / "src").is_dir() else "",
        f"target-python = {toml(target)}                        # the oldest that this project supports\n"
        if target
        else "",
        'confidence = "medium"                         # or "low", "high"\n',
    ]
    return "".join(lines) + _COMMENTED


def _hook(folder: Path) -> tuple[str, str]:
    file = folder / _HOOKS
    if not file.exists():
        write_new(file, f"repos:\n{_HOOK}")
        return f"created {file}", "`pre-commit install` makes git run it"
    text = decode(read_bytes(file))
    if not isinstance(text, str):
        raise AdvisorError(f"{file}:{text[1]}: {text[0]}", "it must be YAML in UTF-8")
    before = _hooks(text, file)
    if any(hook.get("id") == "advisor" for repo in before["repos"] for hook in repo.get("hooks") or ()):
        return f"kept {file}: it has the hook already", ""
    indent = re.findall(r"^([ \t]*)- +repo:", text, re.MULTILINE)
    stanza = "".join(f"{indent[-1] if indent else ''}{line}\n" for line in _HOOK.splitlines())
    added = f"{text}{'' if text.endswith(chr(10)) else chr(10)}{stanza}"
    expected = before | {"repos": [*before["repos"], *_hooks(f"repos:\n{_HOOK}", file)["repos"]]}
    if _parsed(added) != expected:  # `repos` is not the last key, or written in one line
        return f"kept {file}: add the hook by hand", f"its entry is `{_entry()}`, with `language: system`"
    append(file, stanza)
    return f"added the hook to {file}", "`pre-commit install` makes git run it"


def _entry() -> str:
    return next(line.partition("entry: ")[2] for line in _HOOK.splitlines() if "entry: " in line)


def _hooks(text: str, file: Path) -> dict[str, Any]:
    document = _parsed(text)
    if not isinstance(document, dict) or not isinstance(document.get("repos"), list):
        raise AdvisorError(f"{file}: no list of repos", "see https://pre-commit.com for what belongs there")
    if not all(isinstance(repo, dict) for repo in document["repos"]):
        raise AdvisorError(f"{file}: a repo must be a mapping", "see https://pre-commit.com for what belongs there")
    return document


def _parsed(text: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None
