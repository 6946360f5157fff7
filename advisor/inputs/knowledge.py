"""Load what the advisor knows: every YAML file under the rule directories, checked, as one value.

A directory holds `sites/`, `decide/`, `effects/`, `words.yml`, `confidence.yml` and `rounds.yml`, any of them. The first is
the advisor's own; the user's come after it and may add rules, packages and words. A slug used twice is an error; where two
directories describe one API, how likely advice is right, or how often loops run, the later one counts. What was read is
remembered as JSON, each directory apart, and held against the same shapes when it comes back, so that a spoilt or planted
cache can do no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import groupby
from operator import or_
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from advisor.inputs import remembered
from advisor.inputs.remembered import user_cache
from advisor.inputs.rule_folders import RuleFile, builtin_rules, list_rule_files
from advisor.model.catalog import Catalog, CatalogFile
from advisor.model.confidence import UNFITTED, Calibration
from advisor.model.knowledge import Knowledge
from advisor.model.rounds import UNCOUNTED, Rounds
from advisor.model.rule import Rule, SiteRule
from advisor.model.words import NO_WORDS, Words

__all__ = ["builtin_rules", "load_knowledge", "user_cache"]

CheckRule = Callable[[SiteRule], str | None]


def load_knowledge(
    directories: tuple[Path, ...],
    check_rule: CheckRule | None = None,
    cache: Path | None = None,
) -> Knowledge:
    """All rules and catalog files of `directories`. Raises AdvisorError that names file, line and key.

    `check_rule` says why ast-grep cannot use a site rule, None when it can; it is asked when the files are read.
    `cache` is the folder to remember in (None: do not); `user_cache()` is the usual one.
    """
    files = tuple(list_rule_files(directories))
    parts = [_read(tuple(part), check_rule, cache) for _, part in groupby(files, key=lambda file: file.directory)]
    library = _Library.joined(parts)
    slugs = [*(rule.id for rule in library.sites), *(rule.id for rule in library.decide)]
    if len(parts) > 1 and len(set(slugs)) < len(slugs):
        _refuse(files, check_rule)
    return Knowledge(
        sites=tuple(sorted(library.sites, key=lambda rule: rule.id)),
        rules=tuple(sorted(library.decide, key=lambda rule: rule.id)),
        catalog=Catalog(
            library.effects,
            reduce(or_, library.words, NO_WORDS),
            library.rounds[-1] if library.rounds else UNCOUNTED,
        ),
        calibration=library.confidence[-1] if library.confidence else UNFITTED,
    )


class _Library(BaseModel):
    """Everything read, by the folder it stands in, in the order of directories and file names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sites: tuple[SiteRule, ...]
    decide: tuple[Rule, ...]
    effects: tuple[CatalogFile, ...]
    words: tuple[Words, ...]
    confidence: tuple[Calibration, ...]
    rounds: tuple[Rounds, ...]

    @classmethod
    def joined(cls, parts: Sequence[_Library]) -> _Library:
        if len(parts) == 1:
            return parts[0]
        return cls(
            sites=tuple(rule for part in parts for rule in part.sites),
            decide=tuple(rule for part in parts for rule in part.decide),
            effects=tuple(file for part in parts for file in part.effects),
            words=tuple(words for part in parts for words in part.words),
            confidence=tuple(fitted for part in parts for fitted in part.confidence),
            rounds=tuple(counted for part in parts for counted in part.rounds),
        )


def _read(files: tuple[RuleFile, ...], check_rule: CheckRule | None, cache: Path | None) -> _Library:
    """What the files of one directory say, as far as it can be remembered."""
    stamp = remembered.stamp(files, checked=check_rule is not None)
    library = _recall(cache, stamp)
    if library is None:
        from advisor.inputs.rule_files import read_rule_files  # brings in the YAML parser, which a warm start can spare

        data = read_rule_files(files, check_rule)
        library = _Library.model_validate_json(data, strict=True)
        remembered.write(cache, stamp, data)
    return library


def _refuse(files: tuple[RuleFile, ...], check_rule: CheckRule | None) -> None:
    """Says where a slug of one directory is used in another as well."""
    from advisor.inputs.rule_files import read_rule_files

    read_rule_files(files, check_rule)


def _recall(cache: Path | None, stamp: str) -> _Library | None:
    data = remembered.read(cache, stamp)
    try:
        return None if data is None else _Library.model_validate_json(data, strict=True)
    except ValidationError:
        return None
