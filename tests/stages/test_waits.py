"""Waits: what a round waits for that others could wait for meanwhile, and what only looks like a wait."""

from __future__ import annotations

from textwrap import indent

import pytest

from advisor.model.state import Piece
from tests.linking import changes, deeds, linked

HEAD = """
import asyncio, multiprocessing, os, queue, socket, subprocess, time
import anyio, gevent, trio

SOCK = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
TASKS = queue.Queue(10)
OTHERS = asyncio.Queue(10)
loop = asyncio.get_event_loop()
"""

_LONG = 1e-3  # seconds

ROUNDS = [
    # sleeps last as long as they say; none at all lets others run
    ("await asyncio.sleep(0)", False),
    ("await asyncio.sleep(0.0)", False),
    ("await asyncio.sleep(0.5)", True),
    ("await asyncio.sleep(x)", True),
    ("await anyio.sleep(0)", False),
    ("await anyio.sleep(1)", True),
    ("await trio.sleep(0)", False),
    ("await trio.sleep(1)", True),
    ("time.sleep(0)", False),
    ("time.sleep(0.5)", True),
    ("gevent.sleep(0)", False),
    # what is put somewhere is taken by others: a full queue is theirs to empty
    ("await OTHERS.put(x)", False),
    ("await OTHERS.get()", True),
    ("await n.queue.put(x)", False),
    ("await n.jobs.put(x)", True),  # of which nothing is known, not even by its name
    ("await n.queue.get()", True),
    ("TASKS.put(x)", False),
    ("TASKS.get()", True),
    # a datagram is gone at once
    ("SOCK.sendto(b'a', x)", False),
    ("SOCK.recvfrom(10)", True),
    ("n.sendto(b'a', x)", False),
    ("await n.transport.sendto(b'a', x)", False),
    ("await n.transport.send(b'a', x)", True),
    ("await loop.sock_sendto(SOCK, b'a', x)", False),
    ("await loop.sock_recv(SOCK, 10)", True),
    # starting a program is not waiting for it
    ("subprocess.Popen([x])", False),
    ("n.Popen([x])", False),
    ("n._popen([x])", False),
    ("n.run_command([x])", True),
    ("subprocess.Popen([x]).wait()", True),
    ("subprocess.run([x])", True),
    ("p = await asyncio.create_subprocess_exec(x)", False),
    ("p = await asyncio.create_subprocess_exec(x)\nawait p.wait()", True),
]


@pytest.mark.parametrize(("block", "waits"), ROUNDS)
def test_what_a_round_waits_for(block: str, waits: bool) -> None:
    start = "async def" if "await" in block else "def"
    found = linked(f"{HEAD}{start} work(xs, n):\n    for x in xs:\n{indent(block, '        ')}\n")
    cost = found.summaries.piece(Piece(found.work.id, found.loop.body, targets=frozenset({"x"}))).cost
    assert (cost.waiting.expected + cost.child.expected > _LONG) is waits


ORDERED = [
    ("TASKS.put(x)", "append global TASKS"),
    ("await OTHERS.put(x)", "append global OTHERS"),
    ("await n.queue.put(x)", "append param n.queue"),
]


@pytest.mark.parametrize(("block", "change"), ORDERED)
def test_what_is_put_into_a_queue_stays_in_order(block: str, change: str) -> None:
    start = "async def" if "await" in block else "def"
    state = linked(f"{HEAD}{start} work(xs, n):\n    for x in xs:\n        {block}\n").iteration()
    assert change in changes(state)


def test_what_is_sent_stays_in_order() -> None:
    state = linked(f"{HEAD}def work(xs):\n    for x in xs:\n        SOCK.sendto(b'a', x)\n").iteration()
    assert deeds(state) == {"append object - global SOCK"}
