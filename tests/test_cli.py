"""The command line as a user meets it: what is printed where, exit codes, and never a traceback."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from advisor import __version__, cli
from advisor.inputs.machine import keep_machine, shipped_machine
from advisor.model.estimate import Machine
from tests.knowing import own_rules

CRAWLER = """\
import requests


def crawl(urls):
    pages = {}
    for url in urls:
        pages[url] = requests.get(url, timeout=10).text
    return pages
"""
ROOT = Path(__file__).parents[1]
NOTHING_TO_FIND = "def add(a, b):\n    return a + b\n"


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Advisor:
    """Runs the command line in this process, in a folder of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._monkeypatch, self._capsys = folder, monkeypatch, capsys

    def __call__(self, *arguments: str) -> Ran:
        self._monkeypatch.setattr(sys, "argv", ["advisor", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = self._capsys.readouterr()
        return Ran(int(ended.value.code or 0), printed.out, printed.err)

    def write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file


@pytest.fixture
def advisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Advisor:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ADVISOR_DEBUG", raising=False)
    (tmp_path / "pyproject.toml").touch()
    return Advisor(tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("analyze", "--fromat", "x"), "error: no such option: --fromat\nhint: did you mean --format?\n"),
        (("analyse",), "error: no such command 'analyse'\nhint: did you mean 'analyze'?\n"),
        (("explain",), "error: missing argument 'TOPIC'\nhint: `advisor explain -h` lists what there is\n"),
        (("analyze", "--cores", "1,x"), "error: --cores 1,x: not a number\nhint: like --cores 8, or several: "),
    ],
)
def test_what_is_typed_wrong_is_told_as_all_errors_are(advisor: Advisor, typed: tuple[str, ...], told: str) -> None:
    ran = advisor(*typed)
    assert (ran.code, ran.out, ran.err.startswith(told)) == (2, "", True), ran.err


def start(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command line in a process of its own."""
    command = [sys.executable, "-m", "advisor", *arguments]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, timeout=60, check=False
    )


# ---- start-up


def test_version(advisor: Advisor) -> None:
    assert advisor("--version") == (0, f"advisor {__version__}\n", "")


def test_version_and_help_import_nothing_heavy(tmp_path: Path) -> None:
    for option in ("--version", "--help"):
        command = [sys.executable, "-X", "importtime", "-m", "advisor", option]
        trace = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stderr
        imported = set(re.findall(r"\| +(\w+)$", trace, re.MULTILINE))
        assert "typer" in imported
        assert imported.isdisjoint({"pydantic", "rich", "yaml", "ast_grep_py", "msgspec", "asyncio"})


@pytest.mark.parametrize("arguments", [(), ("config",), ("cache",)])
def test_what_can_do_nothing_by_itself_shows_its_help(advisor: Advisor, arguments: tuple[str, ...]) -> None:
    ran = advisor(*arguments)
    assert ran.code == 2
    assert (ran.out + ran.err).startswith(" ".join(("Usage: advisor", *arguments)))


@pytest.mark.parametrize("command", ["profile", "race"])
def test_a_command_that_is_not_told_what_to_run_says_so(advisor: Advisor, command: str) -> None:
    ran = advisor(command)
    assert ran.code == 2
    assert ran.err.startswith("error: missing argument")


# ---- analyze


def test_findings_are_printed(advisor: Advisor) -> None:
    advisor.write("net/crawler.py", CRAWLER)
    ran = advisor("analyze", "net")
    assert (ran.code, ran.err) == (0, "")
    assert "net/crawler.py:6:5  " in ran.out
    assert "  6 │     for url in urls:" in ran.out
    assert "  advice    threading, " in ran.out
    assert "Examined 1 site in 1 file" in ran.out


def test_no_paths_means_this_folder(advisor: Advisor) -> None:
    advisor.write("crawler.py", CRAWLER)
    assert advisor("analyze") == advisor("analyze", ".")
    assert "crawler.py:6:5" in advisor("analyze").out


def test_paths_are_shown_from_where_the_reader_stands(advisor: Advisor, monkeypatch: pytest.MonkeyPatch) -> None:
    advisor.write("net/crawler.py", CRAWLER)
    monkeypatch.chdir(advisor.folder / "net")
    assert advisor("analyze", "crawler.py").out.startswith("crawler.py:6:5  ")
    findings = json.loads(advisor("analyze", "crawler.py", "--format", "json").out)["findings"]
    assert findings[0]["path"] == "net/crawler.py"


def test_json_and_nothing_but_json_on_standard_output(advisor: Advisor) -> None:
    advisor.write("crawler.py", CRAWLER)
    ran = advisor("analyze", "--format", "json", "--target-python", "3.14t", "--cores", "8")
    data = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert data["target"] == {"python": data["target"]["python"], "gil": False, "cores": 8, "calibrated": False}
    assert [finding["model"] for finding in data["findings"]] == ["threading"]


def test_output_goes_to_the_file(advisor: Advisor) -> None:
    advisor.write("crawler.py", CRAWLER)
    printed = advisor("analyze", "--format", "json").out
    assert advisor("analyze", "--format", "json", "-o", "report.json") == (0, "", "")
    assert (advisor.folder / "report.json").read_text(encoding="utf-8") == printed


@pytest.mark.parametrize("output", ["missing/report.json", "."])
def test_an_output_file_that_cannot_be(advisor: Advisor, output: str) -> None:
    ran = advisor("analyze", "-o", output)
    assert ran.code == 2
    assert ran.err.startswith(f"error: {output}: cannot be written\nhint: ")


def test_all_lists_what_stays(advisor: Advisor) -> None:
    advisor.write("small.py", "def total(rows):\n    n = 0\n    for row in rows:\n        n += row\n    return n\n")
    assert "small.py" not in advisor("analyze").out
    assert "small.py:3  for  Stay sequential: " in advisor("analyze", "--all").out


@pytest.mark.parametrize(("level", "code"), [("never", 0), ("low", 1)])
def test_fail_on(advisor: Advisor, level: str, code: int) -> None:
    advisor.write("crawler.py", CRAWLER)
    assert advisor("analyze", "--fail-on", level).code == code


def test_fail_on_is_not_for_sites_that_stay(advisor: Advisor) -> None:
    advisor.write("small.py", "for n in (1, 2):\n    n + 1\n")
    assert advisor("analyze", "--all", "--fail-on", "low").code == 0


def test_select_and_ignore(advisor: Advisor) -> None:
    advisor.write("crawler.py", CRAWLER)
    rule = json.loads(advisor("analyze", "--format", "json").out)["findings"][0]["rule"]
    assert "Nothing to change" in advisor("analyze", "--ignore", f"{rule},for-loop").out
    assert rule in advisor("analyze", "--select", rule).out
    ran = advisor("analyze", "--ignore", rule + "x")
    assert (ran.code, ran.err) == (2, f'error: --ignore: there is no rule "{rule}x"\nhint: did you mean "{rule}"?\n')


def test_comments_that_silence_are_counted_and_misspelt_ones_told(advisor: Advisor) -> None:
    loop = CRAWLER.replace("in urls:", "in urls:  # advisor: ignore[SLUG]")
    advisor.write("app.py", loop.replace("SLUG", "independent-waits-in-sync-code"))
    ran = advisor("analyze")
    assert (ran.code, ran.err) == (0, "")
    assert "Nothing to change" in ran.out
    assert " 1 silenced.\n" in ran.out
    advisor.write("app.py", loop.replace("SLUG", "independent-waits-in-sync"))
    for format in ("text", "json"):
        ran = advisor("analyze", "--format", format)
        assert ran.code == 0
        assert ran.err.startswith('warning: app.py:6: there is no rule "independent-waits-in-sync" to ignore; did you')
        assert "independent-waits-in-sync-code" in ran.out


def test_a_comment_that_silences_nothing_is_reported(advisor: Advisor) -> None:
    slug = "independent-waits-in-sync-code"
    above = CRAWLER.replace("    for url", f"    # advisor: ignore[{slug}, blocking-wait-in-a-coroutine]\n    for url")
    advisor.write("app.py", above + "\n\ndef add(a, b):  # advisor: ignore\n    return a + b\n")
    ran = advisor("analyze")
    assert " 1 silenced.\n" in ran.out
    assert ran.err == (
        "warning: app.py:6: unused `advisor: ignore[blocking-wait-in-a-coroutine]`, it silences nothing\n"
        "warning: app.py:12: unused `advisor: ignore`, it silences nothing\n"
    )
    advisor.write("app.py", NOTHING_TO_FIND + "# advisor: ignore-file\n")
    assert advisor("analyze").err == "warning: app.py: unused `advisor: ignore-file`, it silences nothing\n"


def test_comments_for_other_linters_count_where_they_speak_of_the_same_fault(advisor: Advisor) -> None:
    """streamrip silences its blocking download so; a comment about the length of a line silences no advice."""
    blocking = "import requests\n\n\nasync def load(url):\n    return requests.get(url, timeout=9).text"
    advisor.write("app.py", blocking + "  # noqa: ASYNC210\n")
    assert "Nothing to change" in advisor("analyze").out
    assert " 1 silenced.\n" in advisor("analyze").out
    advisor.write("app.py", blocking + "  # noqa: E501\n")
    assert "app.py:5:12  blocking-wait-in-a-coroutine" in advisor("analyze").out
    assert "silenced" not in advisor("analyze").out
    advisor.write("app.py", CRAWLER.replace("in urls:", "in urls:  # noqa"))
    assert "app.py:6:5  independent-waits-in-sync-code" in advisor("analyze").out


SHARED = """\
import requests


def user(name):
    return requests.get(f"https://example.org/{name}", timeout=10).json()


async def profile(name):
    return user(name)


async def mail(name):
    return user(name)["mail"]
"""


def test_one_blocking_statement_is_reported_once(advisor: Advisor) -> None:
    advisor.write("app.py", SHARED)
    out = advisor("analyze").out
    assert "1 finding: 1 asyncio.\n" in out
    assert "also at   app.py:13\n" in out
    [first, left] = json.loads(advisor("analyze", "--all", "--format", "json").out)["findings"]
    assert first["also"] == [{"path": "app.py", "function": "mail", "line": 13}]
    assert (left["line"], left["kind"], left["rule"]) == (13, "left", "one-cause-one-finding")
    assert "app.py:13  blocking-in-async  Advised at app.py:9: " in " ".join(advisor("analyze", "--all").out.split(" "))
    advisor.write("app.py", SHARED.replace("return user(name)\n", "return user(name)  # advisor: ignore\n"))
    out = advisor("analyze").out
    assert "app.py:13:12  blocking-wait-without-an-async-form" in out
    assert "also at" not in out


def test_what_is_not_shown_is_counted(advisor: Advisor) -> None:
    advisor.write("guess.py", "def crawl(client, urls):\n    return [client.query(url) for url in urls]\n")
    assert "1 more with `--confidence low`." in advisor("analyze").out
    data = json.loads(advisor("analyze", "--format", "json").out)
    assert (data["findings"], data["summary"]["not_shown"]) == ([], 1)
    assert "--confidence low" not in advisor("analyze", "--all").out
    assert json.loads(advisor("analyze", "--all", "--format", "json").out)["summary"]["not_shown"] == 0


def test_settings_of_the_project_count(advisor: Advisor) -> None:
    advisor.write("net/crawler.py", CRAWLER)
    advisor.write("pyproject.toml", '[tool.advisor]\nformat = "json"\ncores = 7\nexclude = ["gen/"]\n')
    advisor.write("gen/crawler.py", CRAWLER)
    data = json.loads(advisor("analyze").out)
    assert data["target"]["cores"] == 7
    assert [finding["path"] for finding in data["findings"]] == ["net/crawler.py"]


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        (("missing.py",), "missing.py"),
        (("--format", "xml"), "--format: 'xml' is not valid"),
        (("--cores", "0"), "--cores: 0 is not valid"),
        (("--target-python", "2.7"), "--target-python: '2.7' is not valid"),
        (("--rules", "nowhere"), "nowhere"),
        (("--project", "nowhere"), "nowhere"),
        (("--fail-on", "sometimes"), "--fail-on: 'sometimes' is not valid"),
    ],
)
def test_mistakes_take_one_line_and_a_hint(advisor: Advisor, arguments: tuple[str, ...], title: str) -> None:
    ran = advisor("analyze", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: ")
    assert title in ran.err.splitlines()[0]
    assert len(ran.err.splitlines()) <= 2


def test_a_broken_configuration_is_told_with_its_file(advisor: Advisor) -> None:
    advisor.write("pyproject.toml", "[tool.advisor]\ncoers = 2\n")
    ran = advisor("analyze")
    assert ran.code == 2
    assert 'pyproject.toml: [tool.advisor]: unknown key "coers"\nhint: did you mean "cores"?' in ran.err


def test_files_that_cannot_be_read_are_told(advisor: Advisor) -> None:
    advisor.write("good.py", NOTHING_TO_FIND)
    (advisor.folder / "binary.py").write_bytes(b"\x00\x01\x02\xff")
    (advisor.folder / "latin.py").write_bytes("x = 'é'\n".encode("latin-1"))
    ran = advisor("analyze")
    assert ran.code == 0
    assert "Skipped 2 files:" in ran.out
    assert "binary.py" in ran.out
    assert "latin.py" in ran.out


def test_a_file_name_that_is_not_utf8(advisor: Advisor) -> None:
    advisor.write(os.fsdecode(b"caf\xe9.py"), CRAWLER)
    advisor.write("plain.py", "x = 1\n")
    for options in ((), ("--format", "json")):
        ran = advisor("analyze", *options)
        assert (ran.code, ran.err) == (0, "")
        assert "name is not valid UTF-8" in ran.out


@pytest.mark.parametrize(("others", "code"), [((), 2), (("fine.py",), 0)])
def test_where_nothing_could_be_read_the_exit_code_says_so(
    advisor: Advisor, others: tuple[str, ...], code: int
) -> None:
    advisor.write("broken.py", "def f(:\n")
    for name in others:
        advisor.write(name, "x = 1\n")
    ran = advisor("analyze")
    assert ran.code == code
    assert "broken.py:1: syntax error" in ran.out


def test_an_unexpected_failure_is_one_line(advisor: Advisor, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr("advisor.cli.analyzing.to_settings", fail)
    ran = advisor("analyze")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("internal error: RuntimeError: two lines\nhint: please report this")
    monkeypatch.setenv("ADVISOR_DEBUG", "1")
    with pytest.raises(RuntimeError):
        cli.main()


# ---- explain, rules


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("threading", ("GIL", "Easy data sharing", "Lock")),
        ("multiprocessing", ("Separate memory", "Start-up", "Pickling")),
        ("asyncio", ("One thread", "Cooperative", "hard to reason about")),
        ("sequential", ("simplest", "too small", "needs what the previous iteration")),
    ],
)
def test_explain_a_model(advisor: Advisor, model: str, words: tuple[str, ...]) -> None:
    ran = advisor("explain", model)
    assert ran.code == 0
    text = " ".join(ran.out.split()).lower()
    for word in ("strengths", "costs", "limits", "choose it when", "do not choose it when", *words):
        assert word.lower() in text


def test_rules_are_listed_a_line_each_and_explained(advisor: Advisor) -> None:
    rows = [line.split(maxsplit=2) for line in advisor("rules").out.splitlines()]
    known = own_rules()
    assert [slug for slug, _, _ in rows] == sorted(
        [*(rule.id for rule in known.sites), *(rule.id for rule in known.rules)]
    )
    by_kind = {kind: (slug, title) for slug, kind, title in rows}
    assert by_kind.keys() == {"site", "misuse", "judgement"}
    for slug, title in by_kind.values():
        ran = advisor("explain", slug)
        assert (ran.code, ran.err) == (0, "")
        assert slug in ran.out
        assert title.split()[0] in ran.out


def test_explain_nothing(advisor: Advisor) -> None:
    assert advisor("explain", "treading") == (
        2,
        "",
        'error: there is no rule, model, term, known library or call "treading"\nhint: did you mean "threading"?\n',
    )
    assert "`advisor rules` lists them all" in advisor("explain", "qqqq").err


# ---- new


def test_starters_are_listed_a_line_each(advisor: Advisor) -> None:
    listed = json.loads(advisor("new", "--list", "--format", "json").out)
    lines = advisor("new", "--list").out.splitlines()
    slugs = [row["slug"] for row in listed]
    assert [line.split()[0] for line in lines] == slugs == sorted(slugs)
    assert {"slug", "model", "title", "requires_python", "dependencies"} == listed[0].keys()
    by_slug = {row["slug"]: row for row in listed}
    assert by_slug["thread-map"]["model"] == "threading"
    assert by_slug["interpreter-pool"]["requires_python"] == ">=3.14"
    assert by_slug["dask-map"]["dependencies"] == ["distributed>=2024.8"]
    assert any(line.startswith("dask-map ") and "(needs distributed)" in line for line in lines)
    assert max(map(len, lines)) <= 120


def test_a_starter_is_written_as_it_is(advisor: Advisor) -> None:
    assert advisor("new", "thread-map", "sync.py") == (0, "", "")
    written = (advisor.folder / "sync.py").read_bytes()
    assert written == (ROOT / "rules/skeletons/thread_map.py").read_bytes()
    assert advisor("new", "thread-map", "-") == (0, written.decode(), "")
    assert {path.name for path in advisor.folder.iterdir()} == {"pyproject.toml", "sync.py"}


def test_a_file_that_exists_is_replaced_with_force_only(advisor: Advisor) -> None:
    file = advisor.write("sync.py", "print('mine')\n")
    file.chmod(0o755)
    (advisor.folder / "link.py").symlink_to("sync.py")
    error = "error: link.py: exists already\nhint: --force replaces it\n"
    assert advisor("new", "thread-map", "link.py") == (2, "", error)
    assert file.read_text() == "print('mine')\n"
    assert advisor("new", "thread-map", "link.py", "--force") == (0, "", "")
    assert "def main" in file.read_text()
    assert (file.stat().st_mode & 0o777, (advisor.folder / "link.py").is_symlink()) == (0o755, True)


@pytest.mark.parametrize(
    ("arguments", "title", "hint"),
    [
        (("thred-map", "a.py"), 'there is no template "thred-map"', 'did you mean "thread-map"?'),
        (("thread_map", "a.py"), 'there is no template "thread_map"', 'did you mean "thread-map"?'),
        (("qqqq", "-"), 'there is no template "qqqq"', "`advisor new --list` lists them all"),
        (("thread-map", "missing/a.py"), "missing/a.py: its folder does not exist", "create missing first"),
        (("thread-map", "pyproject.toml/a.py"), "pyproject.toml/a.py: its folder does not exist", "create"),
        (("thread-map", "."), ".: is a folder", "give the name of a file in it"),
        (("thread-map", os.devnull, "--force"), f"{os.devnull}: is not a regular file", "`-` is standard output"),
        (("thread-map", "a" * 300), f"{'a' * 300}: cannot be written: File name too long", ""),
        (("thread-map",), "give a TEMPLATE and a FILE, or --list", "`advisor new --list`"),
        ((), "give a TEMPLATE and a FILE, or --list", "`advisor new --list`"),
        (("thread-map", "a.py", "--list"), "give a TEMPLATE and a FILE, or --list", "`advisor new --list`"),
        (("--list", "--format", "xml"), "--format: 'xml' is not valid", ""),
        (("--list", "--rules", "nowhere"), "nowhere: cannot be read", ""),
    ],
)
def test_what_cannot_be_begun(advisor: Advisor, arguments: tuple[str, ...], title: str, hint: str) -> None:
    ran = advisor("new", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {title}")
    assert f"\nhint: {hint}" in ran.err or not hint
    assert len(ran.err.splitlines()) <= 2
    assert [path.name for path in advisor.folder.iterdir()] == ["pyproject.toml"]


def test_nothing_is_left_of_a_file_that_could_not_be_written(advisor: Advisor, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    file = advisor.write("sync.py", "mine")
    monkeypatch.setattr(os, "replace", fail)
    ran = advisor("new", "thread-map", "sync.py", "--force")
    assert (ran.code, ran.err) == (2, "error: sync.py: cannot be written: Permission denied\n")
    assert file.read_text() == "mine"
    assert {path.name for path in advisor.folder.iterdir()} == {"pyproject.toml", "sync.py"}


def test_starters_of_ones_own(advisor: Advisor) -> None:
    block = '# /// script\n# requires-python = ">=3.12"\n#\n# [tool.advisor]\n# model = "asyncio"\n# ///\n'
    program = f'"""Our service.\n\nAs we write it, \u2014 always."""\n\n{block}'
    advisor.write("ours/skeletons/our_service.py", program)
    advisor.write("pyproject.toml", '[tool.advisor]\nrules = ["ours"]\n')
    assert "our-service             asyncio          >=3.12  Our service\n" in advisor("new", "--list").out
    assert advisor("new", "our-service", "a.py").code == 0
    assert (advisor.folder / "a.py").read_text(encoding="utf-8") == program
    assert advisor("analyze", "a.py").code == 0


# ---- as a process


@pytest.mark.slow
def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "crawler.py").write_text(CRAWLER * 200)
    command = f'"{sys.executable}" -m advisor analyze --all --format json | head -c 10; exit ${{PIPESTATUS[0]}}'
    ran = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert (ran.returncode, len(ran.stdout), ran.stderr) == (141, 10, b"")


@pytest.mark.parametrize("arguments", ["analyze", "rules", "explain threading"])
def test_a_closed_output_is_told(tmp_path: Path, arguments: str) -> None:
    command = f'"{sys.executable}" -m advisor {arguments} >&-'
    ran = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert ran.returncode == 2
    assert ran.stderr == b"error: standard output is closed\nhint: redirect it to a file instead\n"


@pytest.mark.slow
def test_closed_outputs_do_not_matter_to_a_report_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "crawler.py").write_text(CRAWLER)
    command = f'"{sys.executable}" -m advisor analyze --fail-on low -o report.txt >&- 2>&-'
    ran = subprocess.run(["bash", "-c", command], cwd=tmp_path, timeout=60, check=False)
    assert ran.returncode == 1
    assert "threading" in (tmp_path / "report.txt").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    for unbuffered in ("", "1"):
        command = f'"{sys.executable}" -m advisor rules > /dev/full'
        environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
        ran = subprocess.run(["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, check=False)
        assert ran.returncode == 2
        assert ran.stderr == b"error: standard output: cannot be written: No space left on device\n"


@pytest.mark.slow
def test_colors_and_characters_follow_the_environment(tmp_path: Path) -> None:
    (tmp_path / "crawler.py").write_text(CRAWLER)
    assert b"\x1b[" in start("analyze", folder=tmp_path, FORCE_COLOR="1", NO_COLOR="").stdout
    plain = start("analyze", folder=tmp_path, FORCE_COLOR="1", NO_COLOR="1", PYTHONIOENCODING="ascii")
    assert (plain.returncode, plain.stderr) == (0, b"")
    assert b"\x1b" not in plain.stdout
    assert plain.stdout.isascii()


def test_several_numbers_of_cores_are_compared(advisor: Advisor) -> None:
    advisor.write("crawler.py", CRAWLER)
    data = json.loads(advisor("analyze", "--cores", "1,2,4", "--format", "json").out)
    assert [other["cores"] for other in data["findings"][0]["speedup"]["on_cores"]] == [1, 2, 4]
    assert re.search(r"on cores +1: [\d.]+× · 2: [\d.]+× · 4: ", advisor("analyze", "--cores", "1,2,4").out)
    assert "on cores" not in advisor("analyze", "--cores", "4").out


def test_a_profile_that_is_none_is_an_error_before_the_work(advisor: Advisor) -> None:
    advisor.write("crawler.py", CRAWLER)
    ran = advisor("analyze", "--profile", "missing.json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: missing.json: cannot be read: No such file or directory\nhint: ")


def test_a_profile_of_a_run_that_was_over_at_once_leaves_the_advice_to_the_source(advisor: Advisor) -> None:
    advisor.write("crawler.py", CRAWLER)
    advisor.write("profile.json", json.dumps({"elapsed_time_sec": 0.01, "files": {}}))
    ran = advisor("analyze", "--profile", "profile.json", "--format", "json")
    assert ran.code == advisor("analyze", "--format", "json").code
    data = json.loads(ran.out)
    assert [each["path"] for each in data["skipped"]] == ["profile.json"]
    assert data["findings"] == json.loads(advisor("analyze", "--format", "json").out)["findings"]
    assert "too short to sample (0.0 seconds), so the advice rests on the source alone" in data["skipped"][0]["why"]


def test_a_profile_of_none_of_the_files_says_so(advisor: Advisor) -> None:
    advisor.write("crawler.py", CRAWLER)
    other = advisor.write("other.py", "import time\ntime.sleep(3)\n")
    line = {
        "lineno": 2,
        "line": "time.sleep(3)\n",
        "n_cpu_percent_python": 1,
        "n_cpu_percent_c": 1,
        "n_sys_percent": 98,
    }
    document = {"elapsed_time_sec": 3.0, "files": {str(other): {"lines": [line]}}}
    advisor.write("profile.json", json.dumps(document))
    assert "saw nothing of the given files" in advisor("analyze", "--profile", "profile.json", "crawler.py").out


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--", "missing.py"), "error: missing.py: no such script\n"),
        (("--", "-m"), "error: -m needs the name of a module\n"),
        (("-o", "no/such/folder/p.json", "--", "app.py"), "error: no/such/folder/p.json: cannot be written\n"),
        (("--python", "no/python", "--", "app.py"), "error: no/python: cannot be run: No such file or directory\n"),
    ],
)
def test_a_program_that_cannot_be_profiled(advisor: Advisor, arguments: tuple[str, ...], error: str) -> None:
    advisor.write("app.py", "pass\n")
    ran = advisor("profile", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(error)


def test_calibrate_forgets_what_was_measured(advisor: Advisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_CACHE", str(advisor.folder / "cache"))
    assert advisor("calibrate", "--reset") == (0, "", "nothing was measured on this machine\n")
    keep_machine(replace(shipped_machine(), calibrated=True), advisor.folder / "cache")
    assert "measured here" in advisor("calibrate", "--show").out
    advisor.write("app.py", NOTHING_TO_FIND)
    assert " cores, calibrated.\n" in advisor("analyze", "--cores", "4").out
    assert json.loads(advisor("analyze", "--format", "json").out)["target"]["calibrated"]
    assert advisor("calibrate", "--reset") == (0, "", "forgot the figures of this machine\n")
    assert "usual figures" in advisor("calibrate", "--show").out
    assert "calibrated" not in advisor("analyze").out
    assert advisor("calibrate", "--reset", "--show").code == 2


@pytest.mark.parametrize(("others", "told"), [(0.2, False), (0.9, True)])
def test_calibrate_says_when_others_kept_the_machine_busy(
    advisor: Advisor, monkeypatch: pytest.MonkeyPatch, others: float, told: bool
) -> None:
    def measure(_: object) -> Machine:
        time.sleep(0.1)
        return shipped_machine()

    monkeypatch.setenv("ADVISOR_CACHE", str(advisor.folder / "cache"))
    monkeypatch.setattr("advisor.measuring.calibrate.calibrate", measure)
    monkeypatch.setattr("advisor.inputs.machine.usable_cores", lambda: 4)
    monkeypatch.setattr(
        "advisor.inputs.machine.machine_busy", lambda: sum(os.times()[:4]) + 4 * others * time.monotonic()
    )
    ran = advisor("calibrate")
    assert ran.code == 0
    kept = re.search(r"warning: other programs kept (\S+) of 4 cores busy", ran.err)
    assert (kept is not None) is told
    assert kept is None or abs(float(kept[1]) - 4 * others) < 0.5


def test_calibrate_shows_what_is_known(advisor: Advisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_CACHE", str(advisor.folder / "cache"))
    ran = advisor("calibrate", "--show")
    assert ran.code == 0
    assert "`advisor calibrate` measures this machine" in ran.out
    assert re.search(r"task on a thread pool +33 µs", ran.out)
