"""`advisor mcp` as an assistant meets it: the SDK's own client drives a real server over its standard streams."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from advisor.serving.mcp import server

CRAWLER = """\
import requests


def crawl(urls):
    pages = {}
    for url in urls:
        pages[url] = requests.get(url, timeout=10).text
    return pages
"""


def test_the_tools_of_a_workspace(tmp_path: Path) -> None:
    """All of them in one session: what they give, what they refuse, and that nothing is written."""
    folder = tmp_path / "work space"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "crawler.py").write_text(CRAWLER, encoding="utf-8")
    (folder / "pyproject.toml").write_text('[tool.advisor]\ntarget-python = "3.12"\ncores = 4\n', encoding="utf-8")
    (tmp_path / "secret.py").write_text(CRAWLER, encoding="utf-8")
    (folder / "link.py").symlink_to(tmp_path / "secret.py")
    before = sorted(tmp_path.rglob("*"))

    async def scenario() -> None:
        arguments = ["-m", "advisor", "mcp", "--workspace", str(folder)]
        async with Client(StdioServerParameters(command=sys.executable, args=arguments, cwd=Path.cwd())) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert sorted(tools) == ["analyze", "explain", "generate"]
            assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools.values())

            found = await _called(client, "analyze")
            [finding] = found["findings"]
            assert (finding["path"], finding["line"], finding["model"]) == ("src/crawler.py", 6, "threading")
            assert (await _called(client, "analyze", paths=["src"], confidence="high"))["findings"] == []

            place = "src/crawler.py:6"
            assert "`requests.get`" in await _text(client, "explain", topic=place)
            assert "there is no site" not in await _text(client, "explain", topic="threading")
            made = await _called(client, "generate", place=place)
            patched = subprocess.run(
                ["git", "apply", "--check", "-"], cwd=folder, input=made["diff"], text=True, check=False
            )
            assert patched.returncode == 0
            assert "ThreadPoolExecutor" in made["diff"]

            for outside in ("../secret.py", str(tmp_path / "secret.py"), "link.py", "/"):
                assert "outside the workspace" in await _refused(client, "analyze", paths=[outside])
            assert "outside the workspace" in await _refused(client, "generate", place="../secret.py:6")
            assert "outside the workspace" in await _refused(client, "explain", topic="link.py:6")
            assert "no such file" in await _refused(client, "analyze", paths=["nowhere.py"])
            assert "did you mean" in await _refused(client, "explain", topic="threadin")
            refused = await _refused(client, "generate", place="src/crawler.py:1")
            assert "nothing to rewrite" in refused
            assert str(folder) not in refused  # paths count from the workspace, as they were given

    asyncio.run(asyncio.wait_for(scenario(), 120))
    assert sorted(tmp_path.rglob("*")) == before


def test_the_tools_say_what_they_take(tmp_path: Path) -> None:
    tools = asyncio.run(server(tmp_path).list_tools())
    assert all(tool.description for tool in tools)
    for tool in tools:
        for name, schema in tool.input_schema["properties"].items():
            assert schema.get("description"), f"{tool.name}: {name}"


async def _called(client: Client, tool: str, **arguments: Any) -> Any:
    return json.loads(await _text(client, tool, **arguments))


async def _text(client: Client, tool: str, **arguments: Any) -> str:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return "".join(getattr(part, "text", "") for part in result.content)


async def _refused(client: Client, tool: str, **arguments: Any) -> str:
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return "".join(getattr(part, "text", "") for part in result.content)


@pytest.mark.slow
def test_a_race_is_offered_only_where_it_was_allowed(tmp_path: Path) -> None:
    work = "import time\n\n\ndef wait(n):\n    time.sleep(0.1)\n    return n\n\n\n"
    work += "def main():\n    return [wait(n) for n in range(8)]\n\n\nif __name__ == '__main__':\n    print(main())\n"
    (tmp_path / "app.py").write_text(work, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.advisor]\n", encoding="utf-8")

    async def scenario() -> None:
        arguments = ["-m", "advisor", "mcp", "--race", "--workspace", str(tmp_path)]
        async with Client(StdioServerParameters(command=sys.executable, args=arguments, cwd=Path.cwd())) as client:
            [race] = [tool for tool in (await client.list_tools()).tools if tool.name == "race"]
            assert race.annotations
            assert race.annotations.read_only_hint is False
            report = await _called(client, "race", place="app.py:10", program=["app.py"], rounds=3)
            assert report["winner"] is not None
            assert "outside the workspace" in await _refused(client, "race", place="../app.py:1", program=["app.py"])
            assert "no such script" in await _refused(client, "race", place="app.py:10", program=["nowhere.py"])

    asyncio.run(asyncio.wait_for(scenario(), 300))
    assert (tmp_path / "app.py").read_text(encoding="utf-8") == work
