"""Markdown as its readers take it: parsed, the table has its cells and the details their code, whatever stands in the source."""

from __future__ import annotations

from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from advisor.model.change import Change, FileChange
from advisor.model.report import HazardReport, Report, SkippedReport
from advisor.model.site import HazardKind
from advisor.outputs.markdown import code, explained, prose, render
from advisor.outputs.view import View
from tests.outputs.reports import CRAWLER, finding, kept, misuse, report

READER = MarkdownIt("commonmark").enable("table")


def parsed(told: Report, lines: list[str] = CRAWLER, **view: object) -> list[Token]:
    return READER.parse(render(told, View(lambda _: lines, **view)))  # type: ignore[arg-type]


def cells(tokens: list[Token]) -> list[list[str]]:
    rows: list[list[str]] = []
    for token, inside in pairwise(tokens):
        if token.type == "tr_open":
            rows.append([])
        if token.type in ("td_open", "th_open"):
            rows[-1].append("".join(child.content for child in inside.children or ()))
    return rows


def test_the_table_has_a_row_for_each_finding_best_first() -> None:
    change = Change((FileChange("net/crawler.py", "a", "b"),))
    told = report(finding(probability=0.84), misuse(), kept())
    assert cells(parsed(told, changes={"4f1d": change}))[:3] == [
        ["Place", "Rule", "Advice", "Speed-up", "Confidence"],
        ["net/crawler.py:8", "coroutine-never-awaited [*]", "misuse", "", "high"],
        ["net/crawler.py:7", "independent-waits-in-a-loop [*]", "threading", "2.1–12×", "high (84%)"],
    ]


def test_names_of_files_make_no_cells_and_no_markup() -> None:
    rows = cells(parsed(report(finding(path="a|b`c`|*d*<img>.py"))))
    assert [len(row) for row in rows] == [5, 5]
    assert rows[1][0] == "a|b`c`|*d*<img>.py:7"


def test_source_cannot_end_its_fence() -> None:
    lines = ["```", "````", "</details>", "<script>", "x", "y", "for url in urls:", "    '''```'''", "    z", "    w"]
    tokens = parsed(report(finding()), lines)
    [fence] = [token for token in tokens if token.type == "fence"]
    assert fence.content == "for url in urls:\n    '''```'''\n    z\n    w\n"
    assert not any("script" in token.content for token in tokens)


def test_the_page_is_no_html_but_our_own() -> None:
    told = report(
        finding(message="a <b> & `<i>`", path="<u>.py"), skipped=(SkippedReport(path="<x>", why="<y>", line=1),)
    )
    html = [token.content for token in parsed(told) if token.type == "html_block"]
    assert html == [
        "<details><summary><code>&lt;u&gt;.py:7</code> a &lt;b&gt; &amp; <code>&lt;i&gt;</code></summary>\n",
        "</details>\n",
    ]
    inline = [child for token in parsed(told) for child in token.children or () if child.type == "html_inline"]
    assert inline == []


def test_prose_keeps_its_code_and_nothing_else() -> None:
    assert prose("call `a|b_c` at *once* [x](y) @me") == "call `a|b_c` at \\*once\\* \\[x\\](y) \\@me"
    assert prose("a ` b") == "a \\` b"
    assert prose("max_workers of _x_") == "max_workers of \\_x\\_"
    for text in ("`", "``a`", " a ", "a\nb", ""):
        [token] = READER.parseInline(code(text))
        assert [child.type for child in token.children or ()] == ["code_inline"], text


def test_details_tell_all_that_a_terminal_would() -> None:
    text = render(report(finding()), View(changes={"4f1d": Change(refused="a counter is shared")}))
    for part in (
        "- **Advice**: threading with ThreadPoolExecutor, high confidence\n",
        "- **Hazards**: print (line 10): the order of the lines printed would change \\[ordered-output\\]\n",
        "- **Rejected**: multiprocessing: there is nothing to compute\n",
        "- **Generate**: refused: a counter is shared\n",
        "- **Help**: `advisor explain independent-waits-in-a-loop`\n",
    ):
        assert part in text


def test_an_editor_is_told_the_same_of_one_place() -> None:
    hazards = (HazardReport(kind=HazardKind.ITEM_WRITE, name="page", line=8, because="so it is"),)
    text = explained(finding(hazards=hazards, ask_first=("Is `a_b` *safe*?", "And this?")), cores=2)
    assert text.startswith("**Threads would overlap these waits.**\n\n`independent-waits-in-a-loop`\n\n- **Advice**: ")
    assert "- **Check first**:\n  - Is `a_b` \\*safe\\*?\n  - And this?\n" in text
    assert "item-write" not in text  # no hazard for threads


def test_what_stays_and_what_is_skipped_is_listed() -> None:
    text = render(report(kept(), skipped=(SkippedReport(path="x.py", why="not UTF-8", line=None),)), View())
    assert "- `net/crawler.py:21` Stay sequential: an iteration" in text
    assert "Skipped files:\n\n- `x.py`: not UTF-8\n" in text
