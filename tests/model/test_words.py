"""What a name says: its last words, without digits and what stands behind a preposition."""

from __future__ import annotations

import pytest

from advisor.model.words import Words, is_named, mentions

LOCKS = frozenset(["lock", "critical_section"])


@pytest.mark.parametrize(
    "name",
    [
        "lock",
        "self._lock",
        "RLock",
        "db_lock2",
        "lock_a",
        "lockFor",
        "lock_of_table",
        "HTTPLock",
        "enterCriticalSection",
    ],
)
def test_a_name_is_what_its_last_words_say(name: str) -> None:
    assert is_named(name, LOCKS)


@pytest.mark.parametrize("name", ["clock", "block", "unlock", "lock_path", "lock.path", "locker", "section", "", "_"])
def test_other_words_or_other_places_do_not_count(name: str) -> None:
    assert not is_named(name, LOCKS)


@pytest.mark.parametrize(
    ("name", "speaks"),
    [
        ("retries", True),
        ("MAX_RETRIES", True),
        ("retryCount", True),
        ("self.retry_state", True),
        ("entry", False),
        ("country", False),
        ("retry.name", False),
        ("", False),
    ],
)
def test_any_word_may_say_what_a_name_speaks_of(name: str, speaks: bool) -> None:
    assert mentions(name, frozenset(["retry", "retries", "try"])) is speaks


def test_words_are_added_up() -> None:
    both = Words(locks=frozenset(["lock"])) | Words(locks=frozenset(["mutex"]), bars=frozenset(["pbar"]))
    assert both == Words(locks=frozenset(["lock", "mutex"]), bars=frozenset(["pbar"]))
