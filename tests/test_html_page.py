"""The web page in a real browser: filters, keyboard, colours and phones, and that nothing leaves it or runs in it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from advisor.model.concurrency import Executor, Level, Model
from advisor.outputs.html import render
from advisor.outputs.view import View
from tests.browsing import Browser, browser
from tests.outputs.reports import CRAWLER, finding, kept, misuse, report
from tests.outputs.test_html import ATTACK, CURVES, SAVED, hostile
from tests.test_cli import Advisor, advisor  # noqa: F401  a fixture

pytestmark = pytest.mark.slow

SHOWN = (
    "return [...document.querySelectorAll('.finding')].filter(each => each.offsetParent).map(each => each.id.slice(2))"
)
OPEN = "return [...document.querySelectorAll('.finding')].filter(each => each.querySelector('details').open).map(each => each.id.slice(2))"
FOCUSED = "return document.activeElement.closest('.finding')?.id.slice(2)"
BACKGROUND = "return getComputedStyle(document.documentElement).backgroundColor"
EVERYTHING = ["wrong", "threads", "processes", "left"]


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture
def page(chromium: Browser, tmp_path: Path) -> Browser:
    """A misuse, advice for threads and for processes, and a place that stays: on a screen of usual size, in the light."""
    found = report(
        misuse(id="wrong", confidence=Level.HIGH),
        finding(id="threads", confidence=Level.MEDIUM, curves=CURVES, saved=SAVED),
        finding(
            id="processes", confidence=Level.LOW, model=Model.MULTIPROCESSING, executor=Executor.PROCESS_POOL,
            path="net/hashes.py", saved=SAVED.model_copy(update={"expected": 9.0}), curves=CURVES,
        ),
        kept(id="left"),
    )  # fmt: skip
    chromium.resize(1280, 1000)
    chromium.prefers("light")
    written(tmp_path / "report.html", render(found, View(sources=lambda _: CRAWLER)), chromium)
    chromium.run("try { localStorage.clear() } catch {}")
    chromium.driver.refresh()
    assert chromium.run(SHOWN) == EVERYTHING
    return chromium


def written(file: Path, text: str, chromium: Browser) -> None:
    file.write_text(text, encoding="utf-8")
    chromium.open(file.as_uri())


@pytest.mark.parametrize(
    ("name", "value", "left"),
    [
        ("kind", "misuse", ["wrong"]),
        ("kind", "left", ["left"]),
        ("model", "threading", ["threads"]),
        ("model", "multiprocessing", ["processes"]),
        ("confidence", "low", ["processes"]),
    ],
)
def test_a_click_filters_and_another_one_takes_it_back(page: Browser, name: str, value: str, left: list[str]) -> None:
    box = f"input[name={name}][value={value}]"
    page.click(box)
    assert page.run(SHOWN) == left
    assert page.run("return shown.textContent") == f"{len(left)} of 4 shown"
    page.click(box)
    assert page.run(SHOWN) == EVERYTHING
    assert page.complaints() == []


def test_values_of_one_filter_add_up_and_filters_narrow_each_other(page: Browser) -> None:
    page.click("input[name=confidence][value=medium]")
    page.click("input[name=confidence][value=low]")
    assert page.run(SHOWN) == ["threads", "processes"]
    page.click("input[name=model][value=multiprocessing]")
    assert page.run(SHOWN) == ["processes"]
    page.click("input[name=kind][value=misuse]")
    assert page.run(SHOWN) == []
    assert page.run("return none.hidden") is False
    page.click("#reset")
    assert page.run(SHOWN) == EVERYTHING


def test_the_keyboard_alone_filters(page: Browser) -> None:
    page.press("/")
    assert page.run("return document.activeElement.id") == "text"
    page.press(*"hashes.py")
    assert page.run(SHOWN) == ["processes"]
    page.press("\ue00c")  # Escape
    assert page.run(SHOWN) == EVERYTHING
    page.press("/", "\ue004", "\ue004", "\ue004", " ")  # Tab to the order, to the button, to the first kind, and Space
    assert page.run("return document.activeElement.value") == "advice"
    assert page.run(SHOWN) == ["threads", "processes"]
    page.press("r")
    assert page.run(SHOWN) == EVERYTHING


def test_text_is_looked_for_in_the_code_too_and_all_words_must_be_there(page: Browser) -> None:
    page.click("#text")
    page.press(*"FETCH(session")
    assert page.run(SHOWN) == ["wrong", "threads", "processes"]
    page.press(*" hashes")
    assert page.run(SHOWN) == ["processes"]
    page.press(*" nowhere")
    assert page.run(SHOWN) == []


def test_the_keyboard_walks_opens_and_closes(page: Browser) -> None:
    page.press("j", "j")
    assert page.run(FOCUSED) == "threads"
    page.press("\ue007")  # Enter
    assert page.run(OPEN) == ["threads"]
    page.press("\ue007", "k")
    assert (page.run(FOCUSED), page.run(OPEN)) == ("wrong", [])
    page.press("e")
    assert page.run(OPEN) == EVERYTHING
    page.press("e", "?")
    assert page.run(OPEN) == []
    assert page.run("return help.open") is True
    page.press("\ue00c")
    assert page.run("return help.open") is False


def test_the_order_can_be_chosen(page: Browser) -> None:
    page.run("sort.value = 'saved'; sort.dispatchEvent(new Event('input'))")
    assert page.run(SHOWN) == ["processes", "threads", "wrong", "left"]
    page.run("sort.value = 'file'; sort.dispatchEvent(new Event('input'))")
    assert page.run(SHOWN) == ["threads", "wrong", "left", "processes"]


def test_the_overview_leads_to_the_findings(page: Browser) -> None:
    page.click("button.card.misuse")
    assert page.run(SHOWN) == ["wrong"]
    page.click(".saving a")
    assert page.run(SHOWN) == EVERYTHING
    assert (page.run(OPEN), page.run(FOCUSED)) == (["processes"], "processes")


def test_dark_and_light_follow_the_system_until_somebody_chooses(page: Browser) -> None:
    light = page.run(BACKGROUND)
    page.prefers("dark")
    dark = page.run(BACKGROUND)
    assert light != dark
    page.press("t")
    assert page.run(BACKGROUND) == light
    page.click("#theme")
    page.prefers("light")
    assert page.run(BACKGROUND) == dark
    assert page.run("return theme.getAttribute('aria-pressed')") == "true"


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_no_width_needs_scrolling_aside(page: Browser, width: int) -> None:
    page.resize(width, 844)
    page.press("e")
    assert page.run(OPEN) == EVERYTHING
    assert page.run("return document.documentElement.scrollWidth") <= width
    assert page.run(
        "return [...document.querySelectorAll('.chart svg')].every(each => each.getBoundingClientRect().width > 200)"
    )


def test_without_findings_the_page_has_its_colours_and_no_filters(chromium: Browser, tmp_path: Path) -> None:
    chromium.prefers("light")
    written(tmp_path / "report.html", render(report(), View()), chromium)
    light = chromium.run(BACKGROUND)
    chromium.press("t")
    assert chromium.run(BACKGROUND) != light
    chromium.press("j", "e")
    assert chromium.run("return filters.offsetParent") is None
    assert "Nothing to change." in chromium.run("return document.body.innerText")
    assert chromium.complaints() == []


def test_a_hostile_program_runs_nothing_and_shows_as_text(chromium: Browser, tmp_path: Path) -> None:
    written(tmp_path / "report.html", render(hostile(), View(sources=lambda _: [ATTACK] * 40)), chromium)
    chromium.press("e")
    assert chromium.run("return window.hacked") is None
    assert chromium.run("return document.querySelectorAll('img, iframe, object, script').length") == 1
    assert "<script>window.hacked=1</script>" in chromium.run("return document.querySelector('.listing').innerText")
    assert "{{ 7*7 }}" in chromium.run("return document.querySelector('.message').innerText")
    assert chromium.complaints() == []
    assert chromium.requests() == [(tmp_path / "report.html").as_uri()]


def test_what_would_run_in_spite_of_all_is_stopped_by_the_policy(chromium: Browser, tmp_path: Path) -> None:
    """The tests above could see it: with the attack as markup, the policy alone holds, and the console tells."""
    text = render(report(finding()), View()).replace("</main>", f"{ATTACK}<img src='http://127.0.0.1:9/x'></main>")
    written(tmp_path / "report.html", text, chromium)
    assert chromium.run("return window.hacked") is None
    assert len([told for told in chromium.complaints() if "Content Security Policy" in told]) >= 3
    written(tmp_path / "report.html", "<img src='http://127.0.0.1:9/x'><script>window.hacked=1</script>", chromium)
    assert chromium.run("return window.hacked") == 1
    assert "http://127.0.0.1:9/x" in chromium.requests()


def test_a_server_is_asked_for_the_page_alone(chromium: Browser) -> None:
    text = render(report(finding(curves=CURVES, saved=SAVED), misuse()), View(sources=lambda _: CRAWLER)).encode()
    asked: list[str] = []

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        Thread(target=partial(server.serve_forever, 0.05), daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/report.html"
        chromium.open(address)
        chromium.press("e", "t", "/")
        server.shutdown()
    assert asked == ["/report.html"]
    assert chromium.requests() == [address]
    assert chromium.complaints() == []


def test_the_command_writes_a_page_that_works(chromium: Browser, advisor: Advisor) -> None:  # noqa: F811
    name = "<img src=x onerror=hacked=1>{{ 7*7 }}.py"
    code = "import requests\n\n\ndef crawl(urls):\n    return [requests.get(url + '</script><script>hacked=1') for url in urls]\n"
    advisor.write(name, code)
    ran = advisor("analyze", ".", "--format", "html", "-o", "report.html")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    chromium.open((advisor.folder / "report.html").as_uri())
    chromium.press("e")
    shown = chromium.run("return document.body.innerText")
    assert f"{name}:5" in shown
    assert "'</script><script>hacked=1'" in shown
    assert chromium.run("return document.querySelectorAll('.chart svg').length") == 2
    assert (chromium.run("return window.hacked"), chromium.complaints()) == (None, [])
