"""What was read is remembered while nothing changes, and a cache that is spoilt, planted or blocked does no harm."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from advisor.inputs.knowledge import load_knowledge

SITE = b"id: a-site\ntitle: A site\nsite: for\nrule: {kind: for_statement}\n"
RULE = b"id: a-rule\ntitle: A rule\nadvise: threading\nwhen: {work: [network]}\nwhy: Waits overlap.\n"
CATALOG = b"package: web\nabout: A library.\ncalls:\n  web.get: {effect: network}\n"

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a rule directory with one file of each kind."""

    def write_files(rule: bytes = RULE) -> Path:
        for name, content in (("sites/a-site", SITE), ("decide/a-rule", rule), ("effects/web", CATALOG)):
            path = tmp_path / "rules" / f"{name}.yml"
            path.parent.mkdir(parents=True)
            path.write_bytes(content)
        return tmp_path / "rules"

    return write_files


def test_the_second_reading_comes_from_the_cache(write: Write, tmp_path: Path) -> None:
    directory, cache = write(), tmp_path / "cache"
    first = load_knowledge((directory,), cache=cache)
    (remembered,) = cache.iterdir()
    _change(remembered, b"A rule", b"A sham")
    assert load_knowledge((directory,), cache=cache).rules[0].title == "A rule", (
        "a file that was tampered with is not used"
    )
    second = load_knowledge((directory,), cache=cache)
    assert (second.sites, second.rules, second.catalog.calls) == (first.sites, first.rules, first.catalog.calls)


def test_the_cache_saves_the_reading(write: Write, tmp_path: Path) -> None:
    asked: list[str] = []
    directory, cache = write(), tmp_path / "cache"
    for _ in range(3):
        load_knowledge((directory,), check_rule=lambda rule: asked.append(rule.id), cache=cache)
    assert asked == ["a-site"]
    load_knowledge((directory,), cache=cache)
    load_knowledge((directory,), check_rule=lambda rule: asked.append(rule.id), cache=cache)
    assert asked == ["a-site", "a-site"], "what was read without the check does not pass for checked"


def test_a_changed_file_is_read_again(write: Write, tmp_path: Path) -> None:
    directory, cache = write(), tmp_path / "cache"
    load_knowledge((directory,), cache=cache)
    _change(directory / "decide/a-rule.yml", b"A rule", b"A role")
    os.utime(directory / "decide/a-rule.yml", ns=(1, 1))
    assert load_knowledge((directory,), cache=cache).rules[0].title == "A role"
    (directory / "sites/a-site.yml").unlink()
    assert load_knowledge((directory,), cache=cache).sites == ()


@pytest.mark.parametrize("spoilt", [b"", b"garbage", b"\xff\xfe\n{}"])
def test_a_spoilt_cache_is_passed_over_and_written_anew(write: Write, tmp_path: Path, spoilt: bytes) -> None:
    directory, cache = write(), tmp_path / "cache"
    load_knowledge((directory,), cache=cache)
    (remembered,) = cache.iterdir()
    good = remembered.read_bytes()
    remembered.write_bytes(spoilt)
    assert load_knowledge((directory,), cache=cache).rules
    assert remembered.read_bytes() == good
    remembered.write_bytes(good[:-40])
    assert load_knowledge((directory,), cache=cache).rules


def test_a_cache_that_cannot_be_written_is_no_error(write: Write, tmp_path: Path) -> None:
    blocked = tmp_path / "a-file"
    blocked.write_text("not a folder")
    directory = write()
    assert load_knowledge((directory,), cache=blocked / "cache").rules
    assert load_knowledge((directory,), cache=blocked).rules


def test_a_broken_file_is_never_remembered(write: Write, tmp_path: Path) -> None:
    directory, cache = write(b"id: 3\n"), tmp_path / "cache"
    for _ in range(2):
        with pytest.raises(AdvisorError):
            load_knowledge((directory,), cache=cache)
    assert not cache.exists()


def _change(path: Path, old: bytes, new: bytes) -> None:
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))
