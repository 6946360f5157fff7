"""The web page as text: it is whole, it is the same every time, and nothing of the program in it can become markup."""

from __future__ import annotations

import re
from base64 import b64encode
from enum import Enum
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from advisor.model.change import Change, FileChange
from advisor.model.concurrency import Level
from advisor.model.report import CurvesReport, Finding, GainAt, Remark, Report, SavedReport, SkippedReport
from advisor.outputs.html import render
from advisor.outputs.html.numbers import factor, span
from advisor.outputs.html.prose import marked_up
from advisor.outputs.html.savings import savings
from advisor.outputs.html.source import Listing
from advisor.outputs.view import View
from tests.outputs.reports import CRAWLER, finding, kept, misuse, report
from tests.running import analyse

ATTACK = "</script><script>window.hacked=1</script><img src=x onerror=hacked=1>\"'`{{ 7*7 }}{% raw %}\x1b\u202e"
CURVES = CurvesReport(
    cores=tuple(GainAt(number=cores, low=0.9, expected=cores * 0.9, high=cores) for cores in (1, 2, 4, 8)),
    items=tuple(GainAt(number=items, low=0.01, expected=2.0, high=4.0) for items in (1, 10, 100, 1000)),
    items_low=3,
    items_expected=10,
    items_high=4000,
)
SAVED = SavedReport(low=0.0, expected=0.72, high=1220.0)


def page(shown: Report, lines: list[str] | None = CRAWLER) -> str:
    return render(shown, View(sources=lambda _: lines))


def poisoned(part: Any) -> Any:
    """The same value with the attack in place of every text that is no word of an enumeration."""
    if isinstance(part, BaseModel):
        return part.model_copy(update={name: poisoned(getattr(part, name)) for name in type(part).model_fields})
    if isinstance(part, tuple):
        return tuple(map(poisoned, part))
    return ATTACK if isinstance(part, str) and not isinstance(part, Enum) else part


def hostile() -> Report:
    """Advice, a misuse, a place that stays, a skipped file and a remark, with the attack in every text."""
    advice = finding(curves=CURVES, saved=SAVED)
    remarks = (Remark(path="a.py", line=None, text="no rule"),)
    whole = report(advice, misuse(), kept(), skipped=(SkippedReport(path="b.py", why="no Python", line=3),))
    attacked: Report = poisoned(whole.model_copy(update={"remarks": remarks}))
    kinds = [
        each.model_copy(update={"speedup": each.speedup.model_copy(update={"basis": "static"})})
        for each in attacked.findings
    ]
    return attacked.model_copy(update={"findings": tuple(kinds)})


class Tags(HTMLParser):
    """The tags of a page with their attributes, and the text between them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += f"{data} "


def test_a_finding_tells_where_what_why_and_what_next() -> None:
    text = " ".join(Tags(page(report(finding(curves=CURVES, saved=SAVED), misuse(), kept()))).text.split())
    for part in (
        "2 findings",
        finding().message,
        "net/crawler.py:7",
        "for url in urls :",
        finding().why,
        "fetch net/client.py:30",
        "requests.Session.get network",
        "print (line 10): the order of the lines printed would change ordered-output",
        "pages (line 9): each page is stored under its own key",
        *finding().ask_first,
        "asyncio alternative better for hundreds of pages",
        "multiprocessing rejected there is nothing to compute",
        "4.0× 2.1–12×; static estimate",
        "720 ms 0 – 20 min each time it runs",
        "Speed-up by items 2.0× with 10 items; 3 to 1,000 or more are likely.",
        "2 cores: 1.8× (0.9–2.0×, may be slower)",
        "Write await before the call.",
        kept().message,
    ):
        assert part in text


def test_the_same_report_gives_the_same_page() -> None:
    shown = report(finding(curves=CURVES, saved=SAVED), misuse())
    assert page(shown) == page(shown)


def test_no_text_of_the_program_becomes_markup() -> None:
    harmless, attacked = (
        page(report(finding(curves=CURVES, saved=SAVED), misuse(), kept())),
        page(hostile(), [ATTACK] * 40),
    )
    expected = {tag for tag, _ in Tags(harmless).tags} | {"ul", "li"}
    seen = Tags(attacked)
    assert {tag for tag, _ in seen.tags} <= expected
    assert [tag for tag, _ in seen.tags].count("script") == 1
    assert not [name for _, attributes in seen.tags for name in attributes if name.startswith("on") or name == "style"]
    assert seen.text.count("<script>window.hacked=1</script>") > 20
    assert "{{ 7*7 }}" in seen.text
    assert not re.search("[\x1b\u202e]", attacked)


def test_nothing_is_loaded_and_only_its_own_style_and_script_run() -> None:
    text = page(report(finding(curves=CURVES, saved=SAVED)))
    seen = Tags(text)
    links = [
        value for _, attributes in seen.tags for name, value in attributes.items() if name in ("src", "href", "action")
    ]
    assert links
    assert all(link.startswith("#") for link in links)
    assert not re.search(r"url\(|@import|https?://", text)
    [policy] = [tag["content"] for name, tag in seen.tags if tag.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for element in ("style", "script"):
        [inner] = re.findall(rf"<{element}>(.*?)</{element}>", text, re.DOTALL)
        assert f"{element}-src 'sha256-{b64encode(sha256(inner.encode()).digest()).decode()}'" in policy


def test_the_best_comes_first() -> None:
    wrong = misuse(id="wrong", confidence=Level.HIGH)
    small, large = (
        finding(id=name, saved=SAVED.model_copy(update={"expected": saved}))
        for name, saved in (("small", 1.0), ("large", 9.0))
    )
    unsure = finding(id="unsure", confidence=Level.LOW, saved=SAVED.model_copy(update={"expected": 99.0}))
    text = page(report(kept(id="left"), unsure, small, large, wrong))
    assert re.findall('id="f-([a-z]+)"', text) == ["wrong", "large", "small", "unsure", "left"]


def test_without_findings_and_without_sources() -> None:
    assert "Nothing to change." in page(report())
    assert "No Python files found." in page(report(files=0))
    assert 'class="listing"' not in page(report(finding()), lines=None)
    assert 'class="listing"' in page(report(finding()))


def test_ranges_have_their_unit_once() -> None:
    assert (span(0.002, 0.01), span(0.002, 150), span(1, 1), span(0, 1)) == (
        "2.0–10 ms",
        "2.0 ms – 2.5 min",
        "1.0 s",
        "0 – 1.0 s",
    )
    assert (factor(1.44), factor(18.2)) == ("1.4×", "18×")


def test_what_can_be_written_is_shown_as_a_difference_and_what_cannot_says_why() -> None:
    change = Change(files=(FileChange(path="net/crawler.py", before="a\nb\n", after="a\n<c>\n"),))
    text = render(report(finding()), View(sources=lambda _: CRAWLER, changes={"4f1d": change}))
    assert '<span class="removed">-b\n</span><span class="added">+&lt;c&gt;\n</span>' in text.replace(
        "</span>\n<span", "</span><span"
    )
    refused = View(changes={"4f1d": Change(refused="`x` is shared (shared-write)")})
    assert "does not rewrite it: <code>x</code> is shared (shared-write)." in render(report(finding()), refused)
    assert "advisor generate" not in page(report(finding()))


def test_code_in_sentences_is_marked_and_odd_backquotes_stay() -> None:
    assert marked_up("`a<b` waits") == "<code>a&lt;b</code> waits"
    assert marked_up("one ` alone") == "one ` alone"


def test_source_is_coloured_across_lines_and_kept_line_by_line() -> None:
    listing = Listing(lambda _: ['text = """', "for x in y:", '"""', "\tfor x in y:  # <b>", "", "x = 1\r"])
    rows = listing.excerpt("a.py", 1, 6, [(4, "network"), (4, "network")])
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    assert rows[1].code == '<span class="s2">for x in y:</span>'
    assert "&lt;b&gt;" in rows[3].code
    assert '<span class="k">for</span>' in rows[3].code
    assert rows[3].marks == ("network",)
    assert str(listing.line("a.py", 4)).startswith('<span class="k">for</span>')
    assert listing.line("a.py", 7) is None


@pytest.mark.parametrize(
    ("share", "told", "other"),
    [
        (None, ["in one run of each", "each time the place runs.", "each time it runs"], "of the whole run"),
        (0.5, ["of the whole run. Dot", "0 – 20 min of the whole run"], "each time"),
    ],
)
def test_what_is_saved_in_each_run_of_a_place_or_in_one_run_of_all(
    share: float | None, told: list[str], other: str
) -> None:
    shown = page(report(finding(curves=CURVES, saved=SAVED, share_of_run=share)))
    text = " ".join(Tags(shown).text.split())
    assert [part for part in told if part not in text] == []
    assert other not in text


def test_most_seconds_saved_lie_on_one_axis() -> None:
    found = [
        finding(id=str(number), saved=SavedReport(low=0.0, expected=number, high=number * 100)) for number in range(30)
    ]
    drawn = savings([(each.id, each) for each in found])
    assert drawn is not None
    assert [bar.place for bar in drawn.bars] == [str(number) for number in range(29, 19, -1)]
    assert all(0 <= bar.left <= bar.middle <= bar.right <= 100 for bar in drawn.bars)
    assert len(drawn.ticks) <= 6
    assert savings([("x", misuse()), ("y", finding())]) is None


@pytest.mark.parametrize(("format", "drawn"), [("html", True), ("json", False)])
def test_only_the_page_asks_for_the_curves(format: str, drawn: bool, tmp_path: Path) -> None:
    (tmp_path / "crawl.py").write_text(
        "import requests\n\ndef crawl(urls):\n    return [requests.get(url) for url in urls]\n"
    )
    found: Finding
    [found] = analyse(tmp_path, format=format, all=False).findings
    assert (found.curves is not None) is drawn
    assert "curves" not in found.model_dump()
