"""Only what is new: a baseline that survives shifted lines, revisions of a real git, and patches."""

from __future__ import annotations

import json
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from advisor.inputs.changes import changes_in, changes_since
from advisor.inputs.patch import read_patch
from advisor.inputs.project import Project
from advisor.model.changes import Changed
from tests.test_cli import CRAWLER, NOTHING_TO_FIND, Advisor, advisor

__all__ = ["advisor"]  # the fixture

SECOND = CRAWLER.partition("\n\n\n")[2].replace("crawl", "fetch_all")


def git(folder: Path, *arguments: str) -> str:
    names = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    command = ["git", *names, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(advisor: Advisor) -> Advisor:
    """One commit with a finding in `app.py`, on the branch `main`."""
    git(advisor.folder, "init", "-q", "-b", "main")
    advisor.write("app.py", CRAWLER)
    git(advisor.folder, "add", "-A")
    git(advisor.folder, "commit", "-q", "-m", "one")
    return advisor


def found(advisor: Advisor, *options: str) -> list[str]:
    """The functions in which something is found."""
    ran = advisor("analyze", "--format", "json", *options)
    assert ran.code == 0, ran.err
    return [finding["function"] for finding in json.loads(ran.out)["findings"]]


def give(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(text.encode()), encoding="utf-8"))


# ---- baseline


def test_what_a_baseline_lists_is_not_reported_wherever_its_lines_go(advisor: Advisor) -> None:
    advisor.write("app.py", CRAWLER)
    wrote = advisor("analyze", "--write-baseline", "--baseline", "known.json")
    assert (wrote.code, wrote.out) == (0, "")
    assert wrote.err.startswith("wrote known.json: 1 known finding\nhint: set baseline = ")
    advisor.write("pyproject.toml", '[tool.advisor]\nbaseline = "known.json"\n')
    advisor.write("app.py", "# moved\n" * 9 + CRAWLER + "\n\n" + SECOND)
    assert found(advisor) == ["fetch_all"]
    ran = advisor("analyze", "--fail-on", "low")
    assert ran.code == 1
    assert ran.err.startswith("note: 1 known finding not reported (")
    before = (advisor.folder / "known.json").read_bytes()
    advisor.write("app.py", CRAWLER.replace("crawl", "walk"))  # another function is another finding
    ran = advisor("analyze")
    assert "note: 1 finding of the baseline is gone\nhint: --write-baseline removes" in ran.err
    assert found(advisor) == ["walk"]
    assert (advisor.folder / "known.json").read_bytes() == before


def test_of_two_that_look_alike_the_second_is_new(advisor: Advisor) -> None:
    loop = CRAWLER.partition("    for")[2].partition("    return")[0]
    advisor.write("app.py", CRAWLER)
    advisor("analyze", "--write-baseline", "--baseline", "known.json")
    advisor.write("app.py", CRAWLER.replace("    return", f"    for{loop}    return"))
    assert found(advisor, "--baseline", "known.json") == ["crawl"]


def test_writing_again_keeps_files_that_were_not_analysed_and_forgets_those_that_are_gone(advisor: Advisor) -> None:
    for name in ("one.py", "two.py", "three.py"):
        advisor.write(name, CRAWLER)
    options = ("--write-baseline", "--baseline", "known.json", "--confidence", "high")
    advisor("analyze", *options)
    advisor.write("one.py", NOTHING_TO_FIND)
    (advisor.folder / "three.py").unlink()
    assert "note: 2 findings of the baseline are gone" in advisor("analyze", "--baseline", "known.json").err
    advisor("analyze", "one.py", *options)
    entries = json.loads((advisor.folder / "known.json").read_text())["findings"]
    assert [entry["path"] for entry in entries] == ["two.py"]
    assert set(entries[0]) == {"id", "path", "rule"}


@pytest.mark.parametrize("text", ["", "[]", '{"version": 1}', '{"version": 2, "findings": []}', "\xff"])
def test_a_file_that_is_no_baseline(advisor: Advisor, text: str) -> None:
    advisor.write("app.py", NOTHING_TO_FIND)
    (advisor.folder / "known.json").write_bytes(text.encode("latin-1"))
    ran = advisor("analyze", "--baseline", "known.json")
    assert (ran.code, ran.err.count("\n"), "known.json" in ran.err) == (2, 2, True)
    assert advisor("analyze", "--baseline", "nowhere.json").code == 2


def test_a_baseline_needs_a_file_and_all_lines(advisor: Advisor) -> None:
    assert "which file?" in advisor("analyze", "--write-baseline").err
    assert advisor("analyze", "--write-baseline", "--baseline", "x", "--since", "HEAD").code == 2
    assert not (advisor.folder / "x").exists()


# ---- git


def test_only_what_changed_since_a_revision(repository: Advisor) -> None:
    assert found(repository, "--since", "HEAD") == []
    repository.write("app.py", CRAWLER + "\n\n" + SECOND)
    repository.write("fresh.py", CRAWLER)
    assert found(repository, "--since", "HEAD") == ["fetch_all", "crawl"]
    ran = repository("analyze", "--since", "main")
    assert "note: 1 finding on unchanged lines not reported\n" in ran.err
    git(repository.folder, "add", "-A")
    git(repository.folder, "commit", "-q", "-m", "two")
    assert found(repository, "--since", "HEAD") == []
    assert found(repository, "--since", "HEAD~1") == ["fetch_all", "crawl"]


def test_a_branch_that_went_on_counts_from_where_it_was_left(repository: Advisor) -> None:
    git(repository.folder, "switch", "-q", "-c", "topic")
    repository.write("other.py", CRAWLER)
    git(repository.folder, "add", "-A")
    git(repository.folder, "commit", "-q", "-m", "topic")
    git(repository.folder, "switch", "-q", "main")
    repository.write("app.py", "import time\n\n" + NOTHING_TO_FIND)
    git(repository.folder, "commit", "-q", "-a", "-m", "main goes on")
    git(repository.folder, "switch", "-q", "topic")
    assert set(changes_since(Project(repository.folder), "main")) == {"other.py"}


def test_lines_taken_away_inside_a_place_touch_it(repository: Advisor) -> None:
    longer = CRAWLER.replace("        pages[url]", "        print(url)\n        pages[url]")
    repository.write("app.py", longer)
    git(repository.folder, "commit", "-q", "-a", "-m", "longer")
    repository.write("app.py", CRAWLER)
    assert found(repository, "--since", "HEAD") == ["crawl"]
    repository.write("app.py", longer.replace("import requests\n", "import requests\nimport os\n"))
    assert found(repository, "--since", "HEAD") == []


def test_odd_names_and_a_project_below_the_top(repository: Advisor) -> None:
    repository.write("deep/advisor.toml", "")
    for name in ('deep/ä "b".py', "deep/plain.py"):
        repository.write(name, "1\n")
    git(repository.folder, "add", "-A")
    git(repository.folder, "commit", "-q", "-m", "deep")
    for name in ('deep/ä "b".py', "deep/plain.py"):
        repository.write(name, "1\n2\n")
    expected = {'ä "b".py': Changed(frozenset({2})), "plain.py": Changed(frozenset({2}))}
    assert changes_since(Project(repository.folder / "deep"), "HEAD") == expected


def test_git_runs_nothing_that_the_repository_names(repository: Advisor) -> None:
    trap = repository.folder / "ran"
    for key in ("diff.external", "core.fsmonitor", "diff.x.textconv", "core.pager", "pager.diff"):
        git(repository.folder, "config", key, f"touch {trap}; false")
    repository.write(".gitattributes", "*.py diff=x\n")
    git(repository.folder, "config", "diff.noprefix", "true")
    git(repository.folder, "config", "color.ui", "always")
    trap.unlink(missing_ok=True)  # `git config` itself asks the monitor
    repository.write("app.py", CRAWLER + "\n\n" + SECOND)
    assert found(repository, "--since", "HEAD") == ["fetch_all"]
    assert not trap.exists()


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "HEAD:app.py", ""])
def test_a_revision_that_is_none(repository: Advisor, revision: str) -> None:
    ran = repository("analyze", f"--since={revision}")
    assert (ran.code, ran.err.startswith("error: --since")) == (2, True)


def test_without_a_repository(advisor: Advisor) -> None:
    ran = advisor("analyze", "--since", "HEAD")
    assert (ran.code, "not a git repository" in ran.err) == (2, True)


# ---- patches


def test_only_what_a_patch_changes(repository: Advisor, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.write("app.py", CRAWLER + "\n\n" + SECOND)
    patch = git(repository.folder, "diff")
    give(monkeypatch, patch)
    assert found(repository, "--diff") == ["fetch_all"]
    give(monkeypatch, "")
    assert found(repository, "--diff") == []
    give(monkeypatch, patch.replace("app.py", "gone.py"))
    ran = repository("analyze", "--diff")
    assert "warning: the diff changes b/gone.py, and there is no such file here\n" in ran.err
    give(monkeypatch, "hello\n")
    assert "not a unified diff" in repository("analyze", "--diff").err
    assert repository("analyze", "--diff", "--since", "HEAD").code == 2


def test_names_in_a_patch_count_from_here_the_project_or_the_repository(
    repository: Advisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write("deep/advisor.toml", "")
    repository.write("deep/in.py", "1\n")
    project = Project(repository.folder / "deep")
    for name in ("b/deep/in.py", "deep/in.py", "b/in.py", "in.py"):
        changed, missing = changes_in(project, f"--- x\n+++ {name}\n@@ -0,0 +1 @@\n+1\n")
        assert (set(changed), missing) == ({"in.py"}, ())
    monkeypatch.chdir(repository.folder / "deep")
    assert changes_in(project, "--- x\n+++ in.py\n@@ -0,0 +1 @@\n+1\n")[0]


@pytest.mark.parametrize(
    ("patch", "changed"),
    [
        ("--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@ def f\n a\n+b\n c\n", {"b/f": Changed(frozenset({2}))}),
        (
            "--- f\t2020-01-01 00:00\n+++ f\t2020-01-01 00:00\n@@ -1 +1 @@\n-a\n+b\n",
            {"f": Changed(frozenset({1}), frozenset({0}))},
        ),
        ("+++ b/f\n@@ -5,2 +4,0 @@\n-a\n-b\n", {"b/f": Changed(frozenset(), frozenset({4}))}),
        (
            "+++ b/f\n@@ -1 +1,2 @@\n-a\n\\ No newline at end of file\n+++ x\n+@@ -1 +1 @@\n",
            {"b/f": Changed(frozenset({1, 2}), frozenset({0}))},
        ),
        ('+++ "b/\\303\\244\\"\\t.py"\n@@ -0,0 +1 @@\n+a\n', {'b/ä"\t.py': Changed(frozenset({1}))}),
        ("--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n", {}),
        ("diff --git a/f b/g\nsimilarity index 100%\nrename from f\nrename to g\n", {}),
        ("", {}),
    ],
)
def test_patches(patch: str, changed: dict[str, Changed]) -> None:
    assert read_patch(patch) == changed


@pytest.mark.parametrize("patch", ["@@ -1 +1 @@\n-a\n+b\n", "+++ b/f\n@@ -1,5 +1,5 @@\n a\n"])
def test_broken_patches(patch: str) -> None:
    with pytest.raises(AdvisorError, match="the diff: "):
        read_patch(patch)


def test_what_touches_a_place() -> None:
    changed = Changed(frozenset({3}), frozenset({7}))
    assert [changed.touches(*lines) for lines in ((1, 2), (3, 3), (1, 9), (7, 7), (8, 9), (7, 8))] == [
        False, True, True, False, False, True,
    ]  # fmt: skip
    assert Changed(everything=True).touches(1, 1)
