"""Generate: requests of a coroutine, alone or in a session, through httpx where that means the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.generating import did, generated, lint, module
from tests.servers import Web, web


@pytest.fixture(scope="module")
def site() -> Iterator[Web]:
    with web() as made:
        yield made


REQUESTS = "import requests\n\n\nasync def subject(base):\n"

KEPT_BY_HTTPX = {
    "with": """
    with requests.Session() as session:
        session.headers.update({"X-Mark": "m"})
        session.get(base + "/set", timeout=5)  # here
        answer = session.get(f"{base}/a", params={"q": 1})
        answer.raise_for_status()
        told = answer.json()
        return told, session.post(base + "/b", json={"x": 1}).json()["body"], answer.status_code
""",
    "made and left": """
    session = requests.Session()
    session.headers["X-Mark"] = "n"
    found = []
    for number in range(3):
        found.append(session.get(f"{base}/{number}").json())  # here
    return found
""",
    "redirects": """
    with requests.Session() as session:
        head = session.head(base + "/move")  # here
        stays = session.get(base + "/move", allow_redirects=False)
        return head.status_code, stays.status_code, session.get(base + "/move").json()["path"]
""",
    "nobody there": """
    with requests.Session() as session:
        try:
            session.get("http://127.0.0.1:1/")  # here
        except Exception as error:
            return isinstance(error, ValueError)
""",
    "a call of its own": """
    first = requests.get(base + "/set").status_code  # here
    return first, requests.get(base + "/plain").json()["cookie"]
""",
    "head of its own": """
    return requests.head(base + "/move").status_code  # here
""",
}

LEFT_TO_REQUESTS = {
    "a failure of requests is waited for": """
    with requests.Session() as session:
        try:
            return session.get(base).json()  # here
        except requests.ConnectionError:
            return None
""",
    "the answer is given away": """
    with requests.Session() as session:
        return session.get(base)  # here
""",
    "an adapter of its own": """
    with requests.Session() as session:
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=3))
        return session.get(base).json()  # here
""",
    "parameters for an address with a query": """
    with requests.Session() as session:
        return session.get(base + "/?a=1", params={"b": 2}).json()  # here
""",
    "a header taken back": """
    with requests.Session() as session:
        return session.get(base, headers={"Accept": None}).json()  # here
""",
    "a way to sign in of its own": """
    with requests.Session() as session:
        return session.get(base, auth=requests.auth.HTTPDigestAuth("a", "b")).json()  # here
""",
    "streamed": """
    with requests.Session() as session:
        return session.get(base, stream=True).content  # here
""",
}


@pytest.mark.parametrize("case", KEPT_BY_HTTPX)
def test_a_session_of_a_coroutine_becomes_a_client_of_httpx(tmp_path: Path, site: Web, case: str) -> None:
    text = REQUESTS + KEPT_BY_HTTPX[case].removeprefix("\n")
    new = generated(tmp_path, text, "asyncio")
    assert "httpx.AsyncClient(" in new
    assert "to_thread" not in new
    site.forget()
    before = did(module(tmp_path, text), (site.address,))
    asked, connections = list(site.asked), site.connections
    site.forget()
    assert did(module(tmp_path, new), (site.address,)) == before
    assert site.asked == asked
    assert site.connections <= max(connections, 1)
    assert lint(new) <= lint(text)


@pytest.mark.parametrize("case", LEFT_TO_REQUESTS)
def test_a_session_with_a_use_that_is_not_the_same_stays(tmp_path: Path, case: str) -> None:
    new = generated(tmp_path, REQUESTS + LEFT_TO_REQUESTS[case].removeprefix("\n"), "asyncio")
    assert "asyncio.to_thread(session.get" in new
    assert "httpx" not in new
