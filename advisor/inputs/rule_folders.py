"""Where rule files stand: the advisor's own directory, the user's, and the folders that each may have.

Rules are YAML, in `sites/`, `decide/` and `effects/`, habits of naming in the file `words.yml`, how likely advice is right
in `confidence.yml`, and how often loops of unknown length run in `rounds.yml`; starters are Python, in `skeletons/`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from advisor.errors import AdvisorError

Kind = Literal["sites", "decide", "effects", "words", "confidence", "rounds"]
KINDS: tuple[Kind, ...] = ("sites", "decide", "effects", "words", "confidence", "rounds")
_IN_FOLDERS: tuple[Kind, ...] = ("sites", "decide", "effects")
# files that stand in no folder
_LOOSE: dict[str, Kind] = {"words.yml": "words", "confidence.yml": "confidence", "rounds.yml": "rounds"}
_STARTERS = "skeletons"


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A YAML file in folder `kind` of a rule `directory`, or one that stands in none; `state` changes when the file does."""

    path: str
    kind: Kind
    directory: Path
    state: tuple[int, int]

    @property
    def stem(self) -> str:
        return os.path.splitext(os.path.basename(self.path))[0]

    @property
    def name(self) -> str:
        return shown(self.path)


def builtin_rules() -> Path:
    """The advisor's own `rules/`: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    for directory in (package / "rules", package.parent / "rules"):
        if (directory / "sites").is_dir():
            return directory
    raise AdvisorError("the advisor's own rules are missing", "install concurrency-advisor again")


def list_rule_files(directories: Iterable[Path]) -> Iterator[RuleFile]:
    """The YAML files of each directory, by folder and path. Raises AdvisorError for one that would be overlooked."""
    for directory in dict.fromkeys(path.resolve() for path in directories):
        try:
            _refuse_strays(directory)
            found = [f for kind in _IN_FOLDERS for f in sorted(_files(directory, kind), key=lambda file: file.path)]
            found += _loose(directory)
        except OSError as error:
            hint = f"give a directory that has {_FOLDERS} in it"
            raise AdvisorError(f"{shown(error.filename)}: cannot be read: {error.strerror}", hint) from error
        if not found and not list_starter_files([directory]):
            raise AdvisorError(f"{shown(directory)}: no rules in this directory", f"they are *.yml files in {_FOLDERS}")
        yield from found


def state_of(directories: Iterable[Path]) -> str:
    """Changes with any YAML file of the directories. AdvisorError as above."""
    return repr([(file.path, file.state) for file in list_rule_files(directories)])


_FOLDERS = "sites/, decide/ or effects/"


def list_starter_files(directories: Iterable[Path]) -> list[Path]:
    """The Python files in `skeletons/` of each directory, in the order of their names."""
    found = []
    for directory in dict.fromkeys(path.resolve() for path in directories):
        try:
            names = os.listdir(directory / _STARTERS) if _STARTERS in os.listdir(directory) else []
        except OSError as error:
            raise AdvisorError(f"{shown(error.filename)}: cannot be read: {error.strerror}") from error
        found += [directory / _STARTERS / name for name in sorted(names) if _is_starter(name)]
    return found


def _refuse_strays(directory: Path) -> None:
    """A rule file that lies loose or in a misspelt folder is an error, not a rule that silently never fires."""
    for name in sorted(os.listdir(directory)):
        path = directory / name
        if _is_yaml(name) and not name.startswith(".") and name not in _LOOSE:
            raise AdvisorError(f"{shown(path)}: a rule file that is not in {_FOLDERS}", "move it into one of them")
        near = get_close_matches(name, (*_IN_FOLDERS, _STARTERS), n=1, cutoff=0.8)
        belongs = _is_starter if near == [_STARTERS] else _is_yaml
        if near and name != near[0] and path.is_dir() and any(map(belongs, os.listdir(path))):
            raise AdvisorError(f"{shown(path)}: unknown folder among the rules", f'did you mean "{near[0]}"?')


def _files(directory: Path, kind: Kind) -> Iterator[RuleFile]:
    if not (directory / kind).exists():
        return
    for folder, _, names in os.walk(directory / kind, onerror=_raise):
        for name in filter(_is_yaml, names):
            yield _file(os.path.join(folder, name), kind, directory)


def _loose(directory: Path) -> Iterator[RuleFile]:
    for name, kind in _LOOSE.items():
        if (directory / name).is_file():
            yield _file(os.path.join(directory, name), kind, directory)


def _file(path: str, kind: Kind, directory: Path) -> RuleFile:
    status = os.stat(path)
    return RuleFile(path, kind, directory, (status.st_size, status.st_mtime_ns))


def _raise(error: OSError) -> None:
    raise error


def _is_yaml(name: str) -> bool:
    return name.endswith((".yml", ".yaml"))


def _is_starter(name: str) -> bool:
    return name.endswith(".py") and name != "__init__.py"


def shown(path: str | Path) -> str:
    """A path as a person standing in the current folder would write it."""
    try:
        return Path(path).relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)
