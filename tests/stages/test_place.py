"""What names and surroundings of a site tell: each fact with a hit and what is almost one."""

from __future__ import annotations

import pytest

from advisor.model.confidence import Fact
from advisor.model.site import SiteKind
from advisor.questions import confidence as questions
from tests.linking import linked

HEAD = "import functools\nimport requests\n\ndef get(x): return requests.get(x)\n\n"


def facts(program: str, path: str = "app.py", others: int = 3, beside: dict[str, str] | None = None) -> frozenset[Fact]:
    """Those of the first `for` of a program that imports some further modules, with `beside` it what it does not import."""
    more = {f"more{number}.py": "" for number in range(others)}
    imports = "".join(f"import {name[:-3]}\n" for name in more)
    found = linked({path: f"{imports}{HEAD}{program}", **more, **(beside or {})})
    return next(case.facts for case in found.cases if case.kind is SiteKind.FOR)


def walking(name: str) -> str:
    return f"def work({name}):\n    for x in {name}:\n        get(x)\n        get(x)\n        get(x)\n\nwork([])\n"


@pytest.mark.parametrize(
    ("fact", "hit", "near"),
    [
        (Fact.NAMED_FEW, walking("active_plugins"), walking("plugin_paths")),
        (Fact.NAMED_MANY, walking("old_urls"), walking("url_options")),
        (Fact.NAMED_MANY, walking("urls").replace("in urls:", "in tqdm(urls):"), walking("tqdm")),
        (Fact.NAMED_MANY, walking("files").replace("in files:", "in files.items():"), walking("files_of_tool")
         .replace("in files_of_tool:", "in files_of_tool.get(tool):")),
        (Fact.AT_IMPORT, "for x in []:\n    get(x)\n", walking("xs")),
        (Fact.SETS_UP, walking("xs").replace("work", "init_cache"), walking("xs").replace("work", "initial")),
    ],
)  # fmt: skip
def test_a_fact_is_told_where_it_holds(fact: Fact, hit: str, near: str) -> None:
    assert fact in facts(hit)
    assert fact not in facts(near)


@pytest.mark.parametrize(
    ("path", "told"),
    [("scripts/fetch.py", True), ("app/dev_tools/fetch.py", True), ("setup.py", True), ("app/fetch.py", False), ("app/scripts.py", False)],
)  # fmt: skip
def test_what_is_for_developers_stands_in_folders_of_theirs(path: str, told: bool) -> None:
    assert (Fact.DEVELOPERS in facts(walking("xs"), path)) == told


def test_a_script_beside_the_program_is_no_main_part_of_it() -> None:
    assert Fact.MAIN_PART in facts(walking("xs"), "app/fetch.py")
    assert Fact.MAIN_PART not in facts(walking("xs"), "scripts/fetch.py")


BLOCKING = f"{HEAD}async def answer(x):\n    return get(x)\n"


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ({"app.py": BLOCKING, "server.py": "from aiohttp import web\n"}, True),
        ({"app.py": f"import discord.ext.commands\n{BLOCKING}"}, True),
        (
            {"app.py": "import fastapi\nimport subprocess\nasync def answer(x):\n    subprocess.run(x)\n"},
            False,
        ),  # no service
        ({"app.py": BLOCKING, "client.py": "import aiohttp\n"}, False),
        ({"app.py": BLOCKING, "tests/test_app.py": "import fastapi\n"}, False),
        ({"app.py": BLOCKING, "discord/__init__.py": "", "bot.py": "from . import discord\n"}, False),
    ],
)
def test_a_server_is_held_up_by_waiting_for_a_service_on_its_loop(program: dict[str, str], told: bool) -> None:
    blocking = [case for case in linked(program).cases if case.kind is SiteKind.BLOCKING_IN_ASYNC]
    assert blocking
    assert (Fact.HOLDS_UP in questions.facts(blocking[0], None)) == told
    assert Fact.IN_SIGHT not in questions.facts(blocking[0], None)


def test_in_a_program_of_few_modules_each_loop_is_a_main_part() -> None:
    assert Fact.MAIN_PART in facts(walking("xs"), others=5)
    assert Fact.MAIN_PART not in facts(walking("xs"), others=6)


def test_so_it_is_in_a_folder_of_small_programs_but_not_beside_a_large_one() -> None:
    scripts = {f"script{number}.py": "print(1)\n" for number in range(20)}
    assert Fact.MAIN_PART in facts(walking("xs"), beside=scripts)
    large = {
        "large.py": "".join(f"import part{number}\n" for number in range(30)),
        **{f"part{n}.py": "" for n in range(30)},
    }
    assert Fact.MAIN_PART not in facts(walking("xs"), beside=scripts | large)
