"""The target: what the user says, else this interpreter and the cores that this process may use."""

from __future__ import annotations

import os
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from advisor.inputs.machine import keep_machine, shipped_machine, this_machine, this_target, usable_cores


@pytest.mark.parametrize(
    ("text", "python", "gil"),
    [("3.11", (3, 11), True), ("3.14", (3, 14), True), ("3.14t", (3, 14), False), ("3.13t", (3, 13), False)],
)
def test_versions(text: str, python: tuple[int, int], gil: bool) -> None:
    target = this_target(text, 4)
    assert (target.python, target.gil, target.cores) == (python, gil, 4)
    assert str(target) == text


@pytest.mark.parametrize("text", ["", "3", "2.7", "3.x", "3.11.2", "3.14T", "3.12t", " 3.11", "3.\u0661\u0661"])
def test_what_is_not_a_version(text: str) -> None:
    with pytest.raises(AdvisorError) as caught:
        this_target(text)
    assert caught.value.hint


@pytest.mark.parametrize("cores", [0, -1])
def test_at_least_one_core(cores: int) -> None:
    with pytest.raises(AdvisorError, match="at least one core"):
        this_target("3.11", cores)


def test_left_out_means_here() -> None:
    target = this_target()
    assert target.python == sys.version_info[:2]
    assert target.gil is not bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    assert 1 <= target.cores <= (os.cpu_count() or 1)


def test_a_container_quota_limits_the_cores(tmp_path: Path) -> None:
    free = usable_cores(tmp_path)
    for quota, cores in (("50000 100000", 1), ("100000 100000", 1), ("max 100000", free), ("90000000 100000", free)):
        (tmp_path / "cpu.max").write_text(f"{quota}\n")
        assert usable_cores(tmp_path) == cores


def test_an_older_container_quota(tmp_path: Path) -> None:
    free = usable_cores(tmp_path)
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu/cpu.cfs_period_us").write_text("100000\n")
    for quota, cores in (("70000", 1), ("-1", free), ("nonsense", free)):
        (tmp_path / "cpu/cpu.cfs_quota_us").write_text(f"{quota}\n")
        assert usable_cores(tmp_path) == cores


def test_shipped_costs_keep_the_order_of_nature() -> None:
    machine = shipped_machine()
    assert machine.coroutine_task < machine.thread_task < machine.thread_start < machine.process_start["fork"]
    assert machine.process_start["fork"] < machine.process_start["forkserver"] < machine.process_start["spawn"]
    assert machine.process_task_chunked < machine.process_task
    assert not machine.calibrated


def test_a_calibration_is_kept_for_this_machine_and_used(tmp_path: Path) -> None:
    assert this_machine(tmp_path) == shipped_machine()
    measured = replace(shipped_machine(), thread_start=1e-3, calibrated=True)
    file = keep_machine(measured, tmp_path / "new")
    assert this_machine(tmp_path / "new") == measured
    file.write_text(file.read_text(encoding="utf-8").replace('"cores"', '"kernels"'), encoding="utf-8")
    assert this_machine(tmp_path / "new") == shipped_machine()  # another machine's


def test_a_spoilt_calibration_is_as_good_as_none(tmp_path: Path) -> None:
    keep_machine(shipped_machine(), tmp_path).write_text("{", encoding="utf-8")
    assert this_machine(tmp_path) == shipped_machine()
