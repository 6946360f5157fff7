"""Facts that are kept between runs: the same as extracted ones, and worth nothing as soon as anything is another."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from advisor.inputs import kept_facts
from advisor.inputs.kept_facts import KeptFacts, forget, size
from advisor.model.facts import ModuleFacts
from advisor.model.source import Skipped, Source
from advisor.pipeline import examine
from advisor.settings import load_settings
from advisor.stages.extract import extract, prepare
from tests.knowing import own_rules

TEXT = "import requests\n\n\ndef pull(urls):\n    return [requests.get(url) for url in urls]\n"


def a_source(path: str = "app.py", text: str = TEXT) -> Source:
    return Source(path, text, reported=True)


def facts_of(source: Source) -> ModuleFacts | Skipped:
    return extract(source, prepare(own_rules().sites))


def test_what_was_kept_is_what_was_extracted(tmp_path: Path) -> None:
    sources = [a_source(), a_source("broken.py", "def (:\n"), a_source("other.py", "x = '\ud800'\n")]
    facts = [facts_of(source) for source in sources]
    assert {type(each) for each in facts} == {ModuleFacts, Skipped}
    KeptFacts(tmp_path, "rules").keep(sources, facts)
    assert KeptFacts(tmp_path, "rules").recall(sources) == facts
    assert size(tmp_path)[0] == 3


@pytest.mark.parametrize(
    ("source", "rules"),
    [(a_source(text=TEXT + "\n"), "rules"), (a_source("lib/app.py"), "rules"), (a_source(), "other rules")],
    ids=["text", "path", "rules"],
)
def test_with_another_text_path_or_rules_nothing_is_known(tmp_path: Path, source: Source, rules: str) -> None:
    KeptFacts(tmp_path, "rules").keep([a_source()], [facts_of(a_source())])
    assert KeptFacts(tmp_path, rules).recall([source]) == [None]


def test_facts_of_other_code_are_not_recalled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    KeptFacts(tmp_path, "rules").keep([a_source()], [facts_of(a_source())])
    monkeypatch.setattr(kept_facts, "state_of_code", lambda: "newer")
    assert KeptFacts(tmp_path, "rules").recall([a_source()]) == [None]


def spoilt_whole(file: Path) -> None:
    file.write_bytes(b"nothing that SQLite knows" * 100)


def spoilt_within(file: Path) -> None:
    with sqlite3.connect(file) as database:
        database.execute("UPDATE facts SET data = substr(data, 1, 40)")
    database.close()


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1500])


@pytest.mark.parametrize("spoil", [spoilt_whole, spoilt_within, cut_short])
def test_a_spoilt_file_costs_time_only(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    facts = facts_of(a_source())
    KeptFacts(tmp_path, "rules").keep([a_source()], [facts])
    spoil(tmp_path / "facts.sqlite")
    assert KeptFacts(tmp_path, "rules").recall([a_source()]) in ([None], [facts])
    KeptFacts(tmp_path, "rules").keep([a_source()], [facts])
    assert KeptFacts(tmp_path, "rules").recall([a_source()]) == [facts]


def test_a_run_that_writes_holds_up_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_facts, "_PATIENCE", 0.1)
    facts, known = facts_of(a_source()), KeptFacts(tmp_path, "rules")
    known.keep([a_source()], [facts])
    other = sqlite3.connect(tmp_path / "facts.sqlite")
    other.execute("BEGIN EXCLUSIVE")
    assert known.recall([a_source()]) == [None]
    known.keep([a_source("late.py")], [facts])
    other.rollback()
    other.close()
    assert known.recall([a_source(), a_source("late.py")]) == [facts, None]


def test_where_nothing_can_be_kept_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    nowhere = KeptFacts(tmp_path / "file", "rules")
    nowhere.keep([a_source()], [facts_of(a_source())])
    assert nowhere.recall([a_source()]) == [None]
    assert size(tmp_path / "file") == (0, 0)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes that have names")
def test_a_pipe_in_its_place_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "facts.sqlite")
    KeptFacts(tmp_path, "rules").keep([a_source()], [facts_of(a_source())])
    assert KeptFacts(tmp_path, "rules").recall([a_source()]) == [None]


def test_what_was_used_longest_ago_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known, facts = KeptFacts(tmp_path, "rules"), facts_of(a_source())
    now = [1_000_000.0]
    monkeypatch.setattr("advisor.inputs.kept_facts.time.time", lambda: now[0])
    known.keep([a_source("old.py"), a_source("used.py")], [facts, facts])
    now[0] += 200_000
    assert known.recall([a_source("used.py")]) == [facts]
    monkeypatch.setattr(kept_facts, "_MOST", 3 * len(kept_facts._packed(facts)) - 1)
    known.keep([a_source("new.py")], [facts])
    assert known.recall([a_source("old.py"), a_source("used.py"), a_source("new.py")]) == [None, facts, facts]
    assert forget(tmp_path) == 2
    assert size(tmp_path) == (0, 0)


def test_an_analysis_with_kept_facts_is_that_without(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    root.mkdir()
    (root / "app.py").write_text(TEXT)
    settings = load_settings(root, {"jobs": 1, "project": root})
    first = examine((root,), settings, cache=tmp_path)
    assert size(tmp_path)[0] == 1
    for cache in (tmp_path, None):
        again = examine((root,), settings, cache=cache)
        assert again.facts == first.facts
        assert [each.case for each in again.judged] == [each.case for each in first.judged]
