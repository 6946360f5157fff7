"""Reading profiles: small hand-built ones in Scalene's JSON, and all that is none."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from advisor.errors import AdvisorError
from advisor.inputs.profile import read_profile, sources_of
from advisor.inputs.project import Project
from advisor.model.evidence import Frame, Place, Profile, Rounds

APP = """\
import time
def wait():
    time.sleep(1)
async def tick():
    await wait() & 1 < 2
"""


def a_line(number: int, text: str, python: float = 0.0, native: float = 0.0, system: float = 0.0) -> dict[str, Any]:
    return {
        "lineno": number, "line": text, "n_cpu_percent_python": python, "n_cpu_percent_c": native,
        "n_sys_percent": system, "n_core_utilization": 0.5, "never_heard_of": [],
    }  # fmt: skip


def a_profile(folder: Path, *stacks: tuple[list[str], float], **changed: Any) -> dict[str, Any]:
    """Ten seconds in `folder/app.py`: line 3 waits nine tenths of its time."""
    app = folder / "app.py"
    app.write_text(APP, encoding="utf-8")
    texts = APP.splitlines(keepends=True)
    lines = [a_line(3, texts[2], 4, 6, 90), a_line(1, texts[0]), a_line(2, "not looked at, it has no samples\n")]
    return {
        "elapsed_time_sec": 10.0,
        "files": {str(app): {"lines": lines, "functions": []}},
        "stacks": [[frames, {"count": 20, "cpu_samples": share}] for frames, share in stacks],
        "alloc_samples": 0,
        **changed,
    }


def read(folder: Path, document: Any) -> Profile:
    file = folder / "profile.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return read_profile(file, Project(folder))


def failure(folder: Path, document: Any) -> AdvisorError:
    with pytest.raises(AdvisorError) as caught:
        read(folder, document)
    return caught.value


def test_a_stack_has_its_frames_outermost_first_and_the_split_of_its_last_line(tmp_path: Path) -> None:
    frames = [f"{tmp_path}/app.py <module>:9;", f"{tmp_path}/app.py main.<locals>.wait:3;"]
    profile = read(tmp_path, a_profile(tmp_path, (frames, 1.0)))
    (stack,) = profile.stacks
    assert stack.frames == (Frame("app.py", 9), Frame("app.py", 3))
    assert (stack.interpreter, stack.native, stack.waiting) == pytest.approx((0.04, 0.06, 0.9))
    assert profile.seconds == 10.0
    assert profile.paths == {"app.py"}


def test_shares_are_parts_of_the_whole_run_also_of_what_lies_elsewhere(tmp_path: Path) -> None:
    here, elsewhere = [f"{tmp_path}/app.py wait:3;"], ["/usr/lib/other.py f:1;"]
    profile = read(tmp_path, a_profile(tmp_path, (here, 0.25), (elsewhere, 0.75)))
    assert [stack.share for stack in profile.stacks] == pytest.approx([0.25])


def test_without_stacks_the_lines_stand_alone(tmp_path: Path) -> None:
    profile = read(tmp_path, a_profile(tmp_path))
    assert profile.flat
    assert [stack.frames for stack in profile.stacks] == [(Frame("app.py", 3),)]


def test_what_a_loop_waited_for_is_told_by_the_suspended_tasks(tmp_path: Path) -> None:
    document = a_profile(tmp_path, ([f"{tmp_path}/app.py <module>:3;"], 1.0))
    line = document["files"][f"{tmp_path}/app.py"]["lines"][0]
    line["line"] = "asyncio.run(tick())\n"
    (tmp_path / "app.py").write_text(APP.replace("    time.sleep(1)", "asyncio.run(tick())"), encoding="utf-8")

    def suspended(task: int, line: int, hits: int) -> list[Any]:
        name, file = f"[await] tick (Task-{task})", f"{tmp_path}/app.py"
        outer = {"kind": "py", "display_name": "main", "filename_or_module": file, "line": 8}
        native = {"kind": "native", "display_name": "epoll_wait", "filename_or_module": "libc", "line": None}
        return [[outer, {"kind": "py", "display_name": name, "filename_or_module": file, "line": line}, native], hits]

    document["combined_stacks"] = [suspended(1, 5, 30), suspended(2, 5, 30), suspended(1, 4, 10)]
    profile = read(tmp_path, document)
    waits = {stack.frames[1:]: stack.waiting for stack in profile.stacks if len(stack.frames) > 1}
    inner, outer = (Frame("app.py", 8), Frame("app.py", 5)), (Frame("app.py", 8), Frame("app.py", 4))
    assert waits == {inner: pytest.approx(0.9), outer: pytest.approx(0.225)}  # two tasks overlap: once is all the time
    assert profile.tasks == {Frame("app.py", 5): 2, Frame("app.py", 4): 1}


def test_rounds_come_from_what_was_added(tmp_path: Path) -> None:
    document = a_profile(tmp_path, ([f"{tmp_path}/app.py wait:3;"], 1.0))
    loop = {"path": f"{tmp_path}/app.py", "line": 3, "column": 4, "entries": 2, "rounds": 40}
    document["advisor"] = {"root": str(tmp_path), "sources": sources_of(document), "loops": [loop], "version": "9"}
    assert read(tmp_path, document).rounds == {Place("app.py", 3, 4): Rounds(2, 40)}


def test_a_profile_may_come_from_another_folder(tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    there.mkdir()
    here.mkdir()
    document = a_profile(there, ([f"{there}/app.py wait:3;"], 1.0), entrypoint_dir=str(there))
    a_profile(here)
    assert read(here, document).paths == {"app.py"}


def test_html_in_a_line_is_as_scalene_writes_it(tmp_path: Path) -> None:
    document = a_profile(tmp_path, ([f"{tmp_path}/app.py tick:5;"], 1.0))
    escaped = "    await wait() \\u0026 1 \\u003c 2\n"
    document["files"][f"{tmp_path}/app.py"]["lines"] = [a_line(5, escaped, 10)]
    assert read(tmp_path, document).paths == {"app.py"}


@pytest.mark.parametrize(
    ("document", "title", "hint"),
    [
        ("no json", "not a profile: not valid JSON", "advisor profile --"),
        ("{}", "an empty profile: the run was too short to sample", "2 seconds or more"),
        ("[]", "not a profile of Scalene 2", "advisor profile --"),
        ('{"elapsed_time_sec": 3.0}', "not a profile of Scalene 2: object missing required field `files`", "advisor"),
        ('{"elapsed_time_sec": 0.01, "files": {}}', "too short to sample (0.0 seconds)", "2 seconds or more"),
        ('{"elapsed_time_sec": 3.0, "files": {}, "stacks": [1]}', "not a profile of Scalene 2", "advisor"),
    ],
)
def test_what_is_no_profile_is_told_in_one_line(tmp_path: Path, document: str, title: str, hint: str) -> None:
    error = failure(tmp_path, document)
    assert title in error.title
    assert hint in error.hint


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match=r"profile\.json: cannot be read: No such file"):
        read_profile(tmp_path / "profile.json", Project(tmp_path))


def test_few_samples_are_enough_for_a_long_run_and_not_for_a_short_one(tmp_path: Path) -> None:
    document = a_profile(tmp_path, ([f"{tmp_path}/app.py wait:3;"], 1.0))
    document["stacks"][0][1]["count"] = 3
    assert read(tmp_path, document).stacks
    assert "too short to sample" in failure(tmp_path, {**document, "elapsed_time_sec": 0.5}).title


def test_a_line_that_changed_since(tmp_path: Path) -> None:
    document = a_profile(tmp_path, ([f"{tmp_path}/app.py wait:3;"], 1.0))
    (tmp_path / "app.py").write_text(APP.replace("sleep(1)", "sleep(2)"), encoding="utf-8")
    assert failure(tmp_path, document).title.endswith("line 3 of app.py has changed since this profile was recorded")


def test_a_hash_notices_every_change_and_outranks_the_lines(tmp_path: Path) -> None:
    document = a_profile(tmp_path, ([f"{tmp_path}/app.py wait:3;"], 1.0))
    document["advisor"] = {"root": str(tmp_path), "sources": sources_of(document)}
    assert document["advisor"]["sources"] == {f"{tmp_path}/app.py": sha256(APP.encode()).hexdigest()}
    (tmp_path / "app.py").write_text(APP + "\n# a remark\n", encoding="utf-8")
    assert failure(tmp_path, document).title.endswith(": app.py has changed since this profile was recorded")


def test_a_profile_of_other_sources(tmp_path: Path) -> None:
    document = a_profile(tmp_path, (["/elsewhere/app.py wait:3;"], 1.0))
    document["files"] = {}
    assert "a profile of other sources" in failure(tmp_path, document).title
