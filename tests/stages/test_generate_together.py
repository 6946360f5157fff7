"""What an iteration reads stays with what it does to the same thing, and what it looks up fails in its turn."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generating import did, generated, module, refusal

STORE = """\
import redis

KEY = "active"


def subject(connection: redis.Redis, users, seen):
    for user in users:  # here
        stamp = connection.{read}
        seen[user] = stamp
        connection.{change}
"""


@pytest.mark.parametrize(
    ("read", "change"),
    [
        ("hget(KEY, user)", "hdel(KEY, user)"),
        ("get(user)", "delete(user)"),
        ("get(user)", "set(user, 0)"),
        ('get(f"user:{user}")', 'delete(f"user:{user}")'),
    ],
)
def test_a_read_is_not_moved_away_from_the_write_of_the_same(tmp_path: Path, read: str, change: str) -> None:
    assert "(shared-write)" in refusal(tmp_path, STORE.format(read=read, change=change), accept=["later-effects"])


@pytest.mark.parametrize(
    ("read", "change"), [('get(f"user:{user}")', 'set(f"seen:{user}", 1)'), ("get(user)", "get(user)")]
)
def test_a_read_may_be_moved_away_from_the_write_of_another(tmp_path: Path, read: str, change: str) -> None:
    assert "PoolExecutor" in generated(tmp_path, STORE.format(read=read, change=change), accept=["later-effects"])


LOOKS_UP = """\
import hashlib


def extract(password, rounds):
    return hashlib.pbkdf2_hmac("sha256", password.encode(), b"salt", rounds).hex()


def subject(nodes, told):
    for node in nodes:  # here
        password = extract({argument}, 1000)
        {use}
"""


@pytest.mark.parametrize("use", ["print(password)", "told.append(password)"])
@pytest.mark.parametrize("argument", ['node["word"]', 'node["of"]["word"]', 'node["word"] + "x"'])
def test_an_item_without_the_entry_fails_after_those_before_it(tmp_path: Path, argument: str, use: str) -> None:
    text = LOOKS_UP.format(argument=argument, use=use)
    nodes = [{"word": "a", "of": {"word": "a"}}, {"word": "b", "of": {"word": "b"}}, {}]
    old, new = list[str](), list[str]()
    assert did(module(tmp_path, generated(tmp_path, text)), [nodes, new]) == did(module(tmp_path, text), [nodes, old])
    assert new == old


@pytest.mark.parametrize("argument", ["node.word", "node[0]", "node.strip()"])
def test_what_is_there_is_still_drawn_by_the_caller(tmp_path: Path, argument: str) -> None:
    text = LOOKS_UP.format(argument=argument, use="print(password)")
    assert "work_on" not in generated(tmp_path, text)
