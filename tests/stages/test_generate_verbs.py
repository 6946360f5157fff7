"""Requests whose method is told by who calls a wrapper, or by nobody: what may write is not done ahead of its turn."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generating import generated, refusal

WRAPPED = """\
import requests


def _request(method, url, body=None):
    answer = requests.request(method, url, json=body)
    return answer


def _again(url, method="GET"):
    return _request(method, url)


class Client:
    def ask(self, how, url):
        return requests.request(method=how, url=url)


def subject(urls, how, client: Client):
    for url in urls:  # here
        answer = {call}
        if answer.status_code != 200:
            raise ValueError(url)
"""


@pytest.mark.parametrize("model", ["threading", "asyncio"])
@pytest.mark.parametrize(
    "call",
    [
        '_request("delete", url)',
        '_request("POST", url, {"a": 1})',
        '_request(method="Put", url=url)',
        "_request(how, url)",
        '_again(url, "PATCH")',
        'client.ask("DELETE", url)',
        "client.ask(how, url)",
        "requests.request(how, url)",
        "requests.request(how.upper(), url)",
        'requests.request("P" + how, url)',
    ],
)
def test_a_request_that_may_write_is_not_sent_ahead(tmp_path: Path, call: str, model: str) -> None:
    assert "later-effects" in refusal(tmp_path, WRAPPED.format(call=call), model)


@pytest.mark.parametrize(
    "call",
    ['_request("get", url)', '_request(method="HEAD", url=url)', "_again(url)", '_again(url, "OPTIONS")',
     'client.ask("GET", url)', 'requests.request("GET", url)'],
)  # fmt: skip
def test_a_request_that_only_reads_is(tmp_path: Path, call: str) -> None:
    assert "ThreadPoolExecutor" in generated(tmp_path, WRAPPED.format(call=call), "threading")
