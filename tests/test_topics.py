"""What `advisor explain` can be asked beside rules, and what the shell completes."""

from __future__ import annotations

import pytest

from advisor.inputs.guides import read_guides
from advisor.model.effect import Effect
from advisor.model.site import HazardKind
from tests.knowing import own_rules
from tests.test_cli import Advisor, advisor

__all__ = ["advisor"]  # the fixture


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        ("GIL", "global interpreter lock"),
        ("gil", "global interpreter lock"),
        ("shared-write", "change the same object"),
        ("network", "waits for a server"),
        ("requests.get", "Waits for the network (network)"),
        ("open", "Waits for the disk (disk)"),
        ("sqlite3.Connection.execute", "Waits for a database"),
        ("requests.Session", "can be sent to a process"),
    ],
)
def test_terms_and_calls_are_explained(advisor: Advisor, topic: str, words: str) -> None:
    ran = advisor("explain", topic)
    assert (ran.code, ran.err) == (0, "")
    assert words in " ".join(ran.out.split())


@pytest.mark.parametrize(
    ("topic", "near"), [("request.get", "requests.get"), ("shared-wirte", "shared-write"), ("GLI", "")]
)
def test_what_nobody_knows(advisor: Advisor, topic: str, near: str) -> None:
    ran = advisor("explain", topic)
    assert (ran.code, f'known library or call "{topic}"' in ran.err, near in ran.err) == (2, True, True)


def test_every_word_that_a_report_uses_is_explained_and_hides_no_rule() -> None:
    guides, knowledge = read_guides(), own_rules()
    effects = {effect.value for effect in Effect} - {Effect.NONE.value}
    known = {*guides, *knowledge.slugs, *knowledge.catalog.about}
    assert sorted((effects | {hazard.value for hazard in HazardKind}) - known) == []
    models = {"threading", "multiprocessing", "asyncio", "sequential"}
    assert not (guides.keys() - models) & (knowledge.slugs | knowledge.catalog.about.keys())


def test_a_template_that_does_not_exist(advisor: Advisor) -> None:
    ran = advisor("new", "async-fanuot", "app.py")
    assert (ran.code, ran.err) == (
        2,
        'error: there is no template "async-fanuot"\nhint: did you mean "async-fanout"?\n',
    )


# ---- completion, as bash asks for it


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("explain shared-write", {"shared-write", "shared-write-needs-a-lock"}),
        ("explain requests", {"requests", "requests_html"}),
        ("new async-", {"async-fanout", "async-process-pipeline", "async-worker-queue"}),
        (
            "analyze --select one-cause-one-finding,blocking-wait-in",
            {"one-cause-one-finding,blocking-wait-in-a-coroutine"},
        ),
        ("analyze --confidence m", {"medium"}),
        ("analyze --fail-on n", {"never"}),
        ("rules --kind x", set()),
        ("generate --accept later", {"later-effects"}),
        ("generate --executor t", {"threads", "task-group", "to-thread"}),
        ("race --models s", set()),
        ("race --models m", {"multiprocessing"}),
    ],
)
def test_the_shell_completes(advisor: Advisor, monkeypatch: pytest.MonkeyPatch, typed: str, words: set[str]) -> None:
    found = completed(advisor, monkeypatch, typed)
    assert found >= words
    assert bool(found) is bool(words)
    last = typed.split()[-1]
    assert all(word.startswith(last) for word in found)


def test_a_broken_configuration_completes_nothing(advisor: Advisor, monkeypatch: pytest.MonkeyPatch) -> None:
    advisor.write("advisor.toml", "nonsense = 1\n")
    assert completed(advisor, monkeypatch, "explain shared") == set()


def completed(advisor: Advisor, monkeypatch: pytest.MonkeyPatch, typed: str) -> set[str]:
    with monkeypatch.context() as patch:
        patch.setenv("_ADVISOR_COMPLETE", "complete_bash")
        patch.setenv("COMP_WORDS", f"advisor {typed}")
        patch.setenv("COMP_CWORD", str(len(typed.split())))
        ran = advisor()
    assert (ran.code, ran.err) == (0, "")
    return set(ran.out.split())


# ---- what goes wrong


def test_a_traceback_on_demand(advisor: Advisor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Traceback" not in advisor("analyze", "nowhere").err
    monkeypatch.setenv("ADVISOR_DEBUG", "")  # so that what --debug sets is taken back
    told = advisor("--debug", "analyze", "nowhere")
    assert (told.code, told.err.startswith("Traceback")) == (2, True)
    assert "error: no such file or folder: nowhere" in told.err
