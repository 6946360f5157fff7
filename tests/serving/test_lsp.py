"""`advisor lsp` as an editor meets it: a real client drives a real server over its standard streams."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from lsprotocol import types

from tests.serving.editor import applied, editor

CRAWLER = """\
import requests


def crawl(urls):
    pages = {}
    for url in urls:
        pages[url] = requests.get(url, timeout=10).text
    return pages
"""
ADVICE = "independent-waits-in-sync-code"
NOTHING = "def add(a, b):\n    return a + b\n"
USER = "from helper import load\n\n\ndef crawl(urls):\n    return [load(url) for url in urls]\n"
WAITS = "import requests\n\n\ndef load(url):\n    return requests.get(url, timeout=10).text\n"


def within(seconds: float, scenario: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(scenario(), seconds))


def project(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text('[tool.advisor]\ntarget-python = "3.12"\ncores = 4\n', encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


def codes(found: list[types.Diagnostic]) -> list[object]:
    return [each.code for each in found]


def edits_of(action: types.CodeAction) -> tuple[types.TextDocumentEdit, list[types.TextEdit]]:
    assert action.edit is not None
    assert action.edit.document_changes is not None
    [change] = action.edit.document_changes
    assert isinstance(change, types.TextDocumentEdit)
    return change, [edit for edit in change.edits if isinstance(edit, types.TextEdit)]


def test_a_session_of_editing(tmp_path: Path) -> None:
    """Opened, explained, rewritten, half typed, silenced: in a file with spaces and umlauts, which is never saved."""
    folder = project(tmp_path / "work space ü")
    file = folder / "crawl er 😋.py"

    async def scenario() -> None:
        async with editor(folder) as it:
            uri = it.open(file, CRAWLER)
            [found] = await it.diagnostics(uri)
            assert (found.code, found.source, found.severity) == (
                ADVICE,
                "advisor",
                types.DiagnosticSeverity.Information,
            )
            assert found.range == types.Range(types.Position(5, 4), types.Position(5, 20))

            hover = await it.hover(uri, 5, 6)
            assert hover is not None
            assert isinstance(hover.contents, types.MarkupContent)
            assert hover.contents.kind is types.MarkupKind.Markdown
            assert "`requests.get`" in hover.contents.value
            assert await it.hover(uri, 4, 6) is None

            rewrite, ignore = await it.actions(uri, 5)
            change, edits = edits_of(rewrite)
            assert change.text_document == types.OptionalVersionedTextDocumentIdentifier(uri, 1)
            rewritten = applied(CRAWLER, edits)
            assert "ThreadPoolExecutor(max_workers=" in rewritten
            compile(rewritten, "crawler.py", "exec")
            assert await it.actions(uri, 0) == []
            assert await it.actions(uri, 5, only=["source.organizeImports"]) == []

            it.change(uri, "# 😋\n" + CRAWLER.replace("for url in urls:", "for url in urls: # 😋😋 (all"))
            [found] = await it.diagnostics(uri)
            assert found.range.end == types.Position(6, 20 + len(" # 😋😋 (all") + 2)

            published = len(it.published[uri])
            it.change(uri, CRAWLER.replace("for url in urls:", "for url in ("))
            version = it.change(uri, CRAWLER + "\n\ndef half(")
            await asyncio.sleep(1.5)
            assert len(it.published[uri]) == published  # what is shown stays while something is typed
            assert await it.actions(uri, 6) == []
            it.change(uri, NOTHING)
            assert await it.diagnostics(uri, version + 1) == []

            version = it.change(uri, CRAWLER)
            await it.diagnostics(uri)
            _, ignore = await it.actions(uri, 5)
            change, edits = edits_of(ignore)
            assert change.text_document.version == version
            silenced = applied(CRAWLER, edits)
            assert f"for url in urls:  # advisor: ignore[{ADVICE}]\n" in silenced
            it.change(uri, silenced)
            assert await it.diagnostics(uri) == []
            assert it.said == []

    within(120, scenario)
    assert sorted(path.name for path in folder.iterdir()) == ["pyproject.toml"]


@pytest.mark.slow
def test_several_folders_and_files_that_rest_on_each_other(tmp_path: Path) -> None:
    one = project(tmp_path / "one", app=USER, helper=NOTHING.replace("add", "load"))
    two = project(tmp_path / "two", app=USER, helper=WAITS)

    async def scenario() -> None:
        async with editor(one, two) as it:
            first, second = it.open(one / "app.py"), it.open(two / "app.py")
            assert await it.diagnostics(first) == []
            [found] = await it.diagnostics(second)
            [related] = found.related_information or []
            assert related.location.uri == (two / "helper.py").as_uri()

            helper = it.open(one / "helper.py", WAITS)  # not saved, and another file rests on it
            assert await it.diagnostics(helper) == []
            it.change(first, USER + "\n")
            assert codes(await it.diagnostics(first)) == [ADVICE]
            shown = len(it.published[second])
            (two / "helper.py").write_text(NOTHING.replace("add", "load"), encoding="utf-8")
            it.save(first)
            await until(lambda: len(it.published[second]) > shown)
            assert list(it.published[second][-1].diagnostics) == []
            assert it.said == []

    within(120, scenario)


@pytest.mark.slow
def test_files_outside_of_the_workspace_are_read_alone(tmp_path: Path) -> None:
    inside = project(tmp_path / "inside", app=NOTHING)
    outside = project(tmp_path / "outside", app=USER + CRAWLER.replace("crawl", "other"), helper=WAITS)
    (inside / "helper.py").symlink_to(outside / "helper.py")
    (inside / "linked.py").write_text(USER, encoding="utf-8")

    async def scenario() -> None:
        async with editor(inside) as it:
            uri = it.open(outside / "app.py")
            [found] = await it.diagnostics(uri)  # its own loop; what `helper` does is not known
            assert found.range.start.line == 10
            uri = it.open(inside / "linked.py")
            assert await it.diagnostics(uri) == []  # a link does not lead out
        async with editor() as it:  # a file alone, without any folder
            assert codes(await it.diagnostics(it.open(outside / "app.py"))) == [ADVICE, ADVICE]

    within(120, scenario)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("offered", "agreed", "end"), [(["utf-8", "utf-16"], "utf-8", 27), (["utf-32"], "utf-32", 24), (None, "utf-16", 25)]
)
def test_positions_in_the_encoding_that_was_agreed_on(
    tmp_path: Path, offered: list[str] | None, agreed: str, end: int
) -> None:
    folder = project(tmp_path)
    text = CRAWLER.replace("for url in urls:", "for url in urls: # 😋")

    async def scenario() -> None:
        async with editor(folder, encodings=offered, versioned=False) as it:
            assert it.initialized is not None
            assert it.initialized.capabilities.position_encoding == agreed
            uri = it.open(folder / "app.py", text.replace("\n", "\r\n"))
            [found] = await it.diagnostics(uri)
            assert found.range.end.character == end
            [*_, ignore] = await it.actions(uri, 5)
            assert ignore.edit is not None
            assert ignore.edit.changes is not None
            codec, size = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}[agreed]
            after = applied(text.replace("\n", "\r\n"), list(ignore.edit.changes[uri]), codec, size)
            assert f"# 😋  # advisor: ignore[{ADVICE}]\r\n" in after
            assert after.count("\r\n") == after.count("\n") == text.count("\n")

    within(120, scenario)


@pytest.mark.slow
def test_mistakes_in_the_settings_are_told_once_and_refusals_in_the_action(tmp_path: Path) -> None:
    folder = project(tmp_path)
    kept = (folder / "pyproject.toml").read_text(encoding="utf-8")
    told = "import requests\n\n\ndef crawl(urls):\n    for url in urls:\n        print(requests.get(url, timeout=9).text)\n"

    async def scenario() -> None:
        async with editor(folder) as it:
            (folder / "pyproject.toml").write_text("[tool.advisor]\ncroes = 4\n", encoding="utf-8")
            uri = it.open(folder / "app.py", CRAWLER)
            assert 'unknown key "croes"' in await it.message()
            it.change(uri, CRAWLER + "\n")
            await asyncio.sleep(2)
            assert it.said == []
            (folder / "pyproject.toml").write_text(kept, encoding="utf-8")
            it.change(uri, told)
            [found] = await it.diagnostics(uri)
            actions = await it.actions(uri, found.range.start.line)
            assert [action.edit is None for action in actions] == [action.disabled is not None for action in actions]

    within(120, scenario)


@pytest.mark.slow
def test_the_newest_edit_wins_and_the_loop_never_waits(tmp_path: Path) -> None:
    """Many edits of a file that takes long: other requests are answered at once, and only the last edit is published."""
    long = "".join(CRAWLER.replace("crawl", f"crawl_{number}") for number in range(400))
    folder = project(tmp_path)

    async def scenario() -> None:
        async with editor(folder) as it:
            uri = it.open(folder / "app.py", CRAWLER)
            await it.diagnostics(uri)
            for number in range(4):
                it.change(uri, long + f"# {number}\n")
                await asyncio.sleep(0.6)  # the pause is over, and the analysis under way
                before = time.monotonic()
                await it.hover(uri, 0, 0)
                assert time.monotonic() - before < 1
            it.change(uri, CRAWLER + "# last\n")
            assert codes(await it.diagnostics(uri)) == [ADVICE]
            assert [params.version for params in it.published[uri]] == [1, 6]

    within(200, scenario)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.05)


@pytest.mark.slow
def test_nothing_stays_behind_when_the_editor_is_gone(tmp_path: Path) -> None:
    """The server ends when its input does, and so does the process that analyses."""
    folder = project(tmp_path)

    async def scenario() -> None:
        async with editor(folder) as it:
            await it.diagnostics(it.open(folder / "app.py", CRAWLER))
            server = it.client._server
            assert server is not None
            children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
            if not children.exists():
                pytest.skip("this system does not list the children of a process")
            [worker] = children.read_text(encoding="utf-8").split()
        await until(lambda: not os.path.exists(f"/proc/{worker}"))

    within(120, scenario)
