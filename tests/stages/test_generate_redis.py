"""Generate: a client of Redis that a coroutine makes, through its twin in redis.asyncio."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.generating import did, generated, lint, module, otherwise
from tests.servers import redis_server

REDIS = "import redis\n\n\nasync def subject(port):\n"

KEPT_BY_REDIS = {
    "a pipeline": """
    client = redis.Redis("127.0.0.1", port, decode_responses=True)
    client.set("a", 1)
    with client.pipeline() as pipe:
        pipe.incr("a").incr("a")
        pipe.get("a")
        found = pipe.execute()  # here
    client.delete("a")
    return found, client.get("a"), [key for key in client.scan_iter("b*")]
""",
    "closed": """
    client = redis.Redis(port=port, host="127.0.0.1")
    try:
        pipe = client.pipeline()
        pipe.hset("h", "k", "v")
        pipe.execute()  # here
        return client.hgetall("h")
    finally:
        client.close()
""",
    "an address": """
    with redis.from_url(f"redis://127.0.0.1:{port}/0") as client:
        pipe = client.pipeline()
        pipe.lpush("l", 1)
        pipe.set("s", "text")
        pipe.incr("s")
        return pipe.execute()  # here
""",
}

LEFT_TO_REDIS = {
    "a lock": """
    client = redis.Redis("127.0.0.1", port)
    with client.lock("l"):
        pipe = client.pipeline()
        return pipe.execute()  # here
""",
    "a watched pipeline": """
    client = redis.Redis("127.0.0.1", port)
    pipe = client.pipeline()
    pipe.watch("a")
    return pipe.execute()  # here
""",
    "a pool of its own": """
    client = redis.Redis(connection_pool=redis.ConnectionPool(port=port))
    pipe = client.pipeline()
    return pipe.execute()  # here
""",
}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with redis_server() as made:
        yield made


@pytest.mark.parametrize("case", KEPT_BY_REDIS)
def test_a_client_of_redis_becomes_its_twin(tmp_path: Path, port: int, case: str) -> None:
    text = REDIS + KEPT_BY_REDIS[case].removeprefix("\n")
    new = generated(tmp_path, text, "asyncio")
    assert "redis.asyncio." in new
    assert "to_thread" not in new
    flush = module(tmp_path, "import redis\n\n\ndef subject(port):\n    redis.Redis(port=port).flushall()\n")
    did(flush, (port,))
    before = did(module(tmp_path, text), (port,))
    did(flush, (port,))
    assert did(module(tmp_path, new), (port,)) == before
    assert lint(new) <= lint(text)


@pytest.mark.parametrize("case", LEFT_TO_REDIS)
def test_a_client_of_redis_with_another_use_stays(tmp_path: Path, case: str) -> None:
    assert "redis.asyncio" not in otherwise(tmp_path, REDIS + LEFT_TO_REDIS[case].removeprefix("\n"))
