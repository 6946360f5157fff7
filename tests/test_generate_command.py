"""`advisor generate` as a user meets it: a difference, a changed file, copies, a skeleton, and clear refusals."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from advisor import rewriting
from advisor.errors import AdvisorError
from tests.test_cli import Advisor

CRAWLER = """\
import requests


def crawl(urls):
    pages = {}
    for url in urls:
        pages[url] = requests.get(url, timeout=10).text
    return pages
"""
CHAIN = """\
import requests


def chain(url):
    while url:
        url = requests.get(url, timeout=10).json()["next"]
"""


@pytest.fixture
def advisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Advisor:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    return Advisor(tmp_path, monkeypatch, capsys)


def test_a_difference_that_patch_accepts(advisor: Advisor) -> None:
    file = advisor.write("app.py", CRAWLER)
    ran = advisor("generate", "app.py:6")
    assert ran.code == 0
    assert ran.out.startswith("--- a/app.py\n+++ b/app.py\n")
    assert file.read_text() == CRAWLER
    subprocess.run(["git", "apply", "-"], input=ran.out, text=True, check=True, cwd=advisor.folder)
    assert "ThreadPoolExecutor(max_workers=16)" in file.read_text()


def test_the_cores_of_another_machine(advisor: Advisor) -> None:
    advisor.write("app.py", CRAWLER)
    ran = advisor("generate", "app.py:6", "--cores", "4")
    assert ran.code == 0
    assert "ThreadPoolExecutor" in ran.out


def test_writing_keeps_mode_mark_and_line_endings(advisor: Advisor) -> None:
    file = advisor.write("app.py", "")
    file.write_bytes(b"\xef\xbb\xbf" + CRAWLER.replace("\n", "\r\n").encode())
    file.chmod(0o755)
    assert advisor("generate", "app.py:6", "--write").code == 0
    data = file.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\n") == data.count(b"\r\n")
    assert b"ThreadPoolExecutor" in data
    assert stat.S_IMODE(file.stat().st_mode) == 0o755
    assert sorted(os.listdir(advisor.folder)) == ["app.py", "pyproject.toml"]


def test_writing_keeps_the_encoding(advisor: Advisor) -> None:
    file = advisor.write("app.py", "")
    text = "# -*- coding: latin-1 -*-\nNAME = 'Zo\xeb'\n" + CRAWLER
    file.write_bytes(text.encode("latin-1"))
    assert advisor("generate", "app.py:8", "--write").code == 0
    assert "NAME = 'Zo\xeb'" in file.read_bytes().decode("latin-1")


def test_a_file_that_changed_is_left_alone(tmp_path: Path) -> None:
    one, two = tmp_path / "one.py", tmp_path / "two.py"
    one.write_text("1\n")
    two.write_text("2\n")
    originals = [rewriting.read_original(one), rewriting.read_original(two)]
    two.write_text("changed\n")
    with pytest.raises(AdvisorError, match="changed since it was analysed"):
        rewriting.replace_files([(originals[0], "new\n"), (originals[1], "new\n")])
    assert (one.read_text(), two.read_text()) == ("1\n", "changed\n")
    assert sorted(os.listdir(tmp_path)) == ["one.py", "two.py"]


def test_a_refusal_names_the_hazard_and_exits_with_1(advisor: Advisor) -> None:
    advisor.write("app.py", CHAIN)
    ran = advisor("generate", "app.py:5", "--model", "threading")
    assert ran.code == 1
    assert "not safe as threading" in ran.err
    assert "--skeleton" in ran.err
    assert not ran.out


def test_a_skeleton_stands_alone(advisor: Advisor) -> None:
    advisor.write("app.py", CHAIN)
    for model in ("threading", "multiprocessing", "asyncio"):
        ran = advisor("generate", "app.py:5", "--model", model, "--skeleton")
        assert ran.code == 0
        assert "# TODO" in ran.out
        compile(ran.out, "skeleton.py", "exec")


def test_every_finding_of_a_folder(advisor: Advisor) -> None:
    advisor.write("one.py", CRAWLER + "\n\n" + CRAWLER.partition("\n\n\n")[2].replace("crawl", "crawl_again"))
    advisor.write("pkg/two.py", CRAWLER)
    ran = advisor("generate", "--all-in", ".", "-o", "out")
    assert ran.code == 0
    made = (advisor.folder / "out/one.py").read_text()
    assert made.count("with ThreadPoolExecutor(") == 2
    assert made.count("import ThreadPoolExecutor") == 1
    assert (advisor.folder / "out/pkg/two.py").exists()
    assert ran.err.splitlines() == ["wrote out/one.py", "wrote out/pkg/two.py"]


GUESS = """\
def crawl(client, urls):
    pages = {}
    for url in urls:
        pages[url] = client.query(url)
    return pages
"""


def test_only_what_analyze_tells_is_rewritten_everywhere(advisor: Advisor) -> None:
    """The same settings choose: a guess is rewritten where guesses are asked for, what a comment silences never."""
    advisor.write("guess.py", GUESS)
    advisor.write("silenced.py", CRAWLER.replace("in urls:", "in urls:  # advisor: ignore"))
    assert advisor("analyze", ".", "--confidence", "low").out.count("guess.py:3") == 1
    assert advisor("generate", "--all-in", ".") == (
        0, "", ".: nothing to change\nhint: advice below medium confidence is left out: --confidence low takes it in\n"
    )  # fmt: skip
    made = advisor("generate", "--all-in", ".", "--confidence", "low").out
    assert "+++ b/guess.py" in made
    assert "silenced.py" not in made


SHARED = """\
import requests


def user(name):
    return requests.get(f"https://example.org/{name}", timeout=10).json()


async def profile(name):
    return user(name)


async def mail(name):
    return user(name)["mail"]
"""


def test_every_place_of_one_cause_is_rewritten(advisor: Advisor) -> None:
    advisor.write("app.py", SHARED)
    everywhere = advisor("generate", "--all-in", ".").out
    assert "+    return await asyncio.to_thread(user, name)\n" in everywhere
    assert '+    return (await asyncio.to_thread(user, name))["mail"]\n' in everywhere
    only = advisor("generate", "app.py:13").out
    assert '+    return (await asyncio.to_thread(user, name))["mail"]\n' in only
    assert only.count("+    return") == 1
    advisor.write("app.py", SHARED.replace('["mail"]', '["mail"]  # advisor: ignore'))
    assert advisor("generate", "--all-in", ".").out.count("+    return") == 1


def test_a_file_outside_this_folder_is_named_as_its_project_names_it(
    advisor: Advisor, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("elsewhere")
    (other / "pyproject.toml").touch()
    (other / "app.py").write_text(CRAWLER)
    out = advisor("generate", f"{other / 'app.py'}:6").out
    assert out.startswith("--- a/app.py\n+++ b/app.py\n")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["app.py"], "PATH:LINE"),
        (["app.py:2"], "nearest: app.py:6"),
        (["missing.py:3"], "paths count from this folder"),
        (["app.py:6", "--model", "thread"], 'did you mean "threading"?'),
        (["app.py:6", "--executor", "dusk"], 'did you mean "dask"?'),
        (["app.py:6", "--executor", "dask", "--model", "asyncio"], "leave out --model"),
        ([], "advisor generate PATH:LINE"),
    ],
)
def test_usage_errors_say_what_to_do(advisor: Advisor, arguments: list[str], hint: str) -> None:
    advisor.write("app.py", CRAWLER)
    ran = advisor("generate", *arguments)
    assert ran.code == 2
    assert hint in ran.err


def test_interpreters_are_for_newer_pythons(advisor: Advisor) -> None:
    advisor.write("app.py", CRAWLER)
    assert advisor("generate", "app.py:6", "--executor", "interpreters", "--target-python", "3.13").code == 2
    ran = advisor("generate", "app.py:6", "--executor", "interpreters", "--target-python", "3.14")
    assert "with InterpreterPoolExecutor(" in ran.out


TALKING = """\
import requests


def page(url):
    print("asking", url)
    return requests.get(url, timeout=10).text


def crawl(urls):
    return [page(url) for url in urls]
"""


def test_lines_that_would_mix_are_refused_unless_accepted(advisor: Advisor) -> None:
    advisor.write("app.py", TALKING)
    refused = advisor("generate", "app.py:10")
    assert refused.code == 1
    assert "(ordered-output)" in refused.err
    assert "--accept ordered-output" in refused.err
    made = advisor("generate", "app.py:10", "--accept", "ordered-output")
    assert "pool.map(page, urls)" in made.out
    assert "note: app.py:10: line 5 prints or logs" in made.err
    assert 'did you mean "ordered-output"' in advisor("generate", "app.py:10", "--accept", "ordered-ouput").err


UNTIMED = """\
from concurrent.futures import ThreadPoolExecutor

import requests


def crawl(urls):
    with ThreadPoolExecutor(max_workers=8) as pool:
        return list(pool.map(requests.get, urls))
"""


def test_a_mend_that_changes_what_the_program_does_is_asked_for_by_its_line(advisor: Advisor) -> None:
    advisor.write("app.py", UNTIMED)
    everywhere = advisor("generate", "--all-in", ".")
    assert "timeout" not in everywhere.out
    assert "refused: app.py:8: fixing no-timeout-in-a-worker changes what the program does" in everywhere.err
    assert "timeout=" in advisor("generate", "app.py:8").out


STREAMING = """\
import requests


def pages(urls):
    for url in urls:
        yield requests.get(url, timeout=10).text


async def crawl(urls):
    return [page.upper() for page in pages(urls)]
"""


def test_a_generator_is_not_handed_to_a_thread_that_would_only_make_it(advisor: Advisor) -> None:
    advisor.write("app.py", STREAMING)
    assert "(lazy-generator)" in advisor("generate", "app.py:10", "--model", "asyncio").err


def test_a_function_that_unread_files_call_stays_a_function(advisor: Advisor) -> None:
    """Nothing that the rewritten file imports leads to its callers: they must go on working all the same."""
    file = advisor.write("crawler.py", CRAWLER + "\n\ndef main():\n    return crawl([])\n")
    assert "async def crawl" in advisor("generate", "crawler.py:6", "--model", "asyncio").out
    advisor.write("job.py", "import crawler\n\nPAGES = crawler.crawl([])\n")
    made = advisor("generate", f"{file}:6", "--model", "asyncio").out
    assert "+async def _crawl" in made
    assert "asyncio.run(_crawl(" in made


def test_what_cannot_be_read_is_told(advisor: Advisor) -> None:
    advisor.write("app.py", CRAWLER)
    advisor.write("broken.py", "def f(:\n")
    ran = advisor("generate", "--all-in", ".")
    assert "+++ b/app.py" in ran.out
    assert "note: skipped broken.py: " in ran.err


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        (["app.py:6", "--write", "-o", "out"], "--write changes the files"),
        (["app.py:6", "--skeleton", "--write"], "--skeleton prints a module"),
        (["app.py:6", "--all-in", "."], "either app.py:6 or --all-in"),
    ],
)
def test_options_that_do_not_go_together(advisor: Advisor, arguments: list[str], title: str) -> None:
    file = advisor.write("app.py", CRAWLER)
    ran = advisor("generate", *arguments)
    assert ran.code == 2
    assert title in ran.err
    assert file.read_text() == CRAWLER


def test_the_questions_of_the_advice_come_with_the_rewrite(advisor: Advisor) -> None:
    advisor.write("app.py", CRAWLER)
    assert "note: check first: How many requests at once" in advisor("generate", "app.py:6").err
    assert "check first" not in advisor("generate", "app.py:6", "--model", "asyncio").err


def test_another_model_for_a_pool_is_not_the_mending_of_that_pool(advisor: Advisor) -> None:
    advisor.write(
        "app.py",
        """\
from concurrent.futures import ProcessPoolExecutor

import requests


def send(path):
    print(requests.post("http://127.0.0.1:9/", data=path, timeout=9).status_code)


def send_all(paths):
    with ProcessPoolExecutor(4) as executor:
        for path in paths:
            executor.submit(send, path)
""",
    )
    threads = advisor("generate", "app.py:13", "--model", "threading")
    assert "ThreadPoolExecutor" in threads.out
    assert "add_done_callback" not in threads.out
    assert "add_done_callback" in advisor("generate", "app.py:13").out
