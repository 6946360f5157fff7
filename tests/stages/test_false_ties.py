"""What seemed to tie two pieces of work and does not, each beside what looks alike and does."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.running import analyse

PACKED = """
    import gzip, sys
    import requests

    def keep(urls, target, folder):
        with open(target, "wb") as shared:
            for url in urls:
                body = requests.get(url, timeout=10).content
                with open(folder / url.rsplit("/")[-1], "wb") as own:
                    with gzip.GzipFile({arguments}, mode="wb") as packed:
                        packed.write(body)
    """

AMENDED = """
    async def tell(members, names, channel):
        {start}
        for {target} in {walked}:
            {first}
            await {amended}.edit(nick=1)
    """

ASKED = """
    import asyncio
    import ledger

    held = []

    async def prices(store):
        await asyncio.sleep(1)
        return await ledger.prices(store)

    async def stocks(store):
        await asyncio.sleep(1)
        return await ledger.stocks(store)

    async def noted(store):
        await asyncio.sleep(1)
        held.append(await ledger.stocks(store))
        return len(held)

    async def kept(store):
        await asyncio.sleep(1)
        open("kept.txt", "w").write(str(await ledger.stocks(store)))
        return store

    async def report(store):
        found = await {first}(store)
        {bound}await {second}({given})
        return found
    """


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ("fileobj=own", "independent-waits-in-sync-code"),
        ("fileobj=shared", "each-iteration-needs-the-one-before"),
        (
            "filename=url, fileobj=shared",
            "each-iteration-needs-the-one-before",
        ),  # a name in its header is no file of its own
        ("fileobj=sys.stdout.buffer", "each-iteration-needs-the-one-before"),
        ("**options()", "each-iteration-needs-the-one-before"),  # nothing tells what it writes to
    ],
)
def test_packed_data_goes_to_the_file_that_it_is_given(tmp_path: Path, arguments: str, rule: str) -> None:
    (tmp_path / "app.py").write_text(dedent(PACKED).format(arguments=arguments), encoding="utf-8")
    assert analyse(tmp_path).findings[0].rule == rule


@pytest.mark.parametrize(
    ("start", "target", "walked", "first", "amended", "held"),
    [
        ("pass", "member", "members", "pass", "member", False),
        ("member = channel.last", "each", "members", "pass", "member", True),  # one thing, changed again and again
        ("pass", "member", "members", "member = channel.last", "member", True),
        ("pass", "(member, name)", "names", "pass", "member", True),  # two names for one member may follow each other
        ("members = [channel.last] * 3", "member", "members", "pass", "member", True),
    ],
)
def test_what_changes_its_own_item_in_place_has_no_order(
    tmp_path: Path, start: str, target: str, walked: str, first: str, amended: str, held: bool
) -> None:
    text = dedent(AMENDED).format(start=start, target=target, walked=walked, first=first, amended=amended)
    (tmp_path / "app.py").write_text(text, encoding="utf-8")
    rules = [finding.rule for finding in analyse(tmp_path).findings]
    assert ("messages-keep-their-order" in rules) is held
    assert ("awaits-in-a-loop" in rules) is not held


@pytest.mark.parametrize(
    ("first", "bound", "second", "given", "told"),
    [
        ("prices", "left = ", "stocks", "store", True),
        ("prices", "left = ", "stocks", "found", False),  # it takes what the first gave
        ("noted", "left = ", "noted", "store", False),  # both change one list
        ("prices", "", "stocks", "store", False),  # it is not asked for an answer
        ("prices", "left = ", "kept", "store", False),  # it leaves a file behind, even if the first fails
        ("prices", "left = ", "ledger.stocks", "store", False),  # nothing of it can be read
    ],
)
def test_awaits_that_nothing_ties_are_told_with_a_question(
    tmp_path: Path, first: str, bound: str, second: str, given: str, told: bool
) -> None:
    text = dedent(ASKED).format(first=first, bound=bound, second=second, given=given)
    (tmp_path / "app.py").write_text(text, encoding="utf-8")
    found = [finding for finding in analyse(tmp_path).findings if finding.rule == "awaits-in-a-row"]
    assert bool(found) is told
    for finding in found:
        assert (finding.model, finding.confidence, finding.dependence.kind) == ("asyncio", "low", "unknown")
        assert any("connection or session" in question for question in finding.ask_first)


DRAINED = """
    import requests

    headers = {{}}

    def note(page):
        headers["token"] = page
        return page

    def pages(urls):
        for url in urls:
            yield requests.get(url, timeout=10, headers=headers).text

    def texts(urls):
        found = pages(urls)
        for page in found:
            yield page.strip()

    def keep(urls, kept):
        {taken}
    """


@pytest.mark.parametrize(
    ("taken", "lazy"),
    [
        ("kept.extend(texts(urls))", False),
        ("kept += [len(text) for text in texts(urls)]", False),
        ("for text in texts(urls): kept.append(text)", False),
        ("for text in texts(urls): headers['token'] = text", True),  # the next request sends what this one gave
        ("for text in texts(urls): urls.append(text)", True),
        ("kept += [note(text) for text in texts(urls)]", True),
        ("kept += list(note(text) for text in texts(urls))", True),
        ("urls.extend(texts(urls))", True),
        ("kept.append(next(texts(urls)))", True),
        ("for text in texts(urls):\n            if text: return text", True),
    ],
)
def test_a_generator_is_drained_where_all_is_taken_and_nothing_it_reads_is_changed(
    tmp_path: Path, taken: str, lazy: bool
) -> None:
    (tmp_path / "app.py").write_text(dedent(DRAINED.format(taken=taken)), encoding="utf-8")
    (found,) = [finding for finding in analyse(tmp_path).findings if finding.function == "pages"]
    assert found.rule == ("generator-stays-lazy" if lazy else "independent-waits-in-sync-code")
