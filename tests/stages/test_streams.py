"""One stream that all iterations speak on, however it came into the object that they ask."""

from __future__ import annotations

import pytest

from advisor.model.site import DependenceKind, HazardKind
from tests.linking import linked

HOLDS = "self._in, self._out = reader, writer"
OPENED = {
    "unpacked": 'reader, writer = await asyncio.open_connection("h", 1); return cls(reader, writer)',
    "by position": 'pair = await asyncio.open_connection("h", 1); return cls(pair[0], pair[1])',
    "passed on": 'return cls(*await asyncio.open_connection("h", 1))',
    "behind a limit": (
        'reader, writer = await asyncio.wait_for(asyncio.open_connection("h", 1), 3); return cls(writer=writer, reader=reader)'
    ),
    "set later": 'link = cls(None, None); link._in, link._out = await asyncio.open_connection("h", 1); return link',
    "by another function": "reader, writer = await opened(); return cls(reader, writer)",
}


def program(opened: str, work: str) -> str:
    return f"""
    import asyncio

    async def opened():
        return await asyncio.open_unix_connection("socket")

    class Link:
        def __init__(self, reader, writer):
            {HOLDS}

        @classmethod
        async def connect(cls):
            {opened}

        async def ask(self, word):
            self._out.write(word)
            await self._out.drain()
            return await self._in.readline()

    async def work(words):
        {work}
    """


@pytest.mark.parametrize("opened", OPENED.values(), ids=OPENED)
def test_a_stream_in_an_attribute_is_one_conversation(opened: str) -> None:
    shared = "link = await Link.connect(); return [await link.ask(word) for word in words]"
    case = linked(program(opened, shared)).cases[-1]
    assert case.dependence.kind is DependenceKind.CARRIED
    assert any(hazard.kind is HazardKind.STATEFUL_CAPTURE for hazard in case.hazards)


@pytest.mark.parametrize("opened", OPENED.values(), ids=OPENED)
def test_streams_of_their_own_are_not(opened: str) -> None:
    own = "return [await (await Link.connect()).ask(word) for word in words]"
    case = linked(program(opened, own)).cases[-1]
    assert case.dependence.kind is DependenceKind.NONE
    assert not any(hazard.kind is HazardKind.STATEFUL_CAPTURE for hazard in case.hazards)


ANSWERED = """
    from aiohttp import web

    async def page(request, rows):
        {made}
        for row in rows:
            await {to}.write(row)
    """


@pytest.mark.parametrize(
    ("made", "to", "one"),
    [
        ("answer = web.StreamResponse(); await answer.prepare(request)", "answer", True),
        ("answers = [web.StreamResponse() for _ in rows]", "web.StreamResponse()", False),
    ],
)
def test_what_a_server_writes_to_one_answer_keeps_its_order(made: str, to: str, one: bool) -> None:
    case = linked(ANSWERED.format(made=made, to=to)).cases[-1]
    assert any(hazard.kind is HazardKind.STATEFUL_CAPTURE for hazard in case.hazards) is one
