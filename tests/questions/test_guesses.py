"""What the name of a call tells where nothing else is known, and where it says nothing."""

from __future__ import annotations

import pytest

from advisor.model.effect import Effect
from advisor.questions.guesses import guessed
from tests.linking import linked

NETWORK, SUBPROCESS = Effect.NETWORK, Effect.SUBPROCESS


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        # a variable that is called as a library is
        ("def work(pod, name):\n    requests = pod.wanted()\n    return requests.get(name)", None),
        ("def work(requests, name):\n    return requests.get(name)", None),
        ("from .shims import requests\ndef work(url):\n    return requests.get(url)", NETWORK),
        ("requests = make()\ndef work(url):\n    return requests.get(url)", NETWORK),  # of the module, most likely a session
        ("def work(pool, url):\n    http = pool.one()\n    return http.get(url)", NETWORK),  # no library is called so
        # a key of a mapping
        ("def work(service):\n    return service.get('file')", None),
        ("def work(json_blob):\n    return json_blob.get('type', 'account')", None),
        ("def work(service):\n    return service.get('/file')", NETWORK),
        ("def work(session):\n    return session.get('https://example.org')", NETWORK),
        ("def work(service, name):\n    return service.get(name)", NETWORK),
        ("def work(service):\n    return service.get_file('file')", NETWORK),
        ("import shop\nservice = shop.Service()\ndef work():\n    return service.get('file')", NETWORK),  # no mapping
        # an object that is made
        ("def work(path):\n    return DownloadTask(path)", None),
        ("from shop import DownloadTask\ndef work(path):\n    return DownloadTask(path)", None),
        ("import shop\ndef work(path):\n    return shop.DownloadTask(path)", None),
        ("class Download:\n    def __init__(self, path): ...\ndef work(path):\n    return Download(path)", None),
        ("def Download(path): ...\ndef work(path):\n    return Download(path)", NETWORK),  # a function, as can be seen
        ("def work(stub, path):\n    return stub.Download(path)", NETWORK),  # a method, as remote ones are written
        ("def work(path):\n    return download_task(path)", NETWORK),
        ("from shop import Popen\ndef work(command):\n    return Popen(command)", SUBPROCESS),
        # what only sounds like work
        ("def work(path):\n    return download_error(path)", None),
    ],
)  # fmt: skip
def test_what_a_name_tells(text: str, effect: Effect | None) -> None:
    found = linked(text)
    guess = guessed(found.program, found.catalog, found.work.id, found.last_call)
    assert (guess and guess.effect) == effect
