"""The JSON report is the public contract, byte for byte."""

from __future__ import annotations

import json
import os

from advisor.model.report import Report, SkippedReport
from advisor.outputs.json import render
from tests.outputs.reports import finding, report


def test_keys_and_their_order_are_those_of_the_contract() -> None:
    data = json.loads(render(report(finding())))
    assert list(data) == ["schema_version", "advisor", "target", "findings", "summary", "skipped"]
    assert list(data["findings"][0]) == [
        "id", "rule", "path", "function", "line", "end_line", "column", "site", "model", "executor", "alternatives",
        "rejected", "confidence", "work", "dependence", "hazards", "speedup", "share_of_run", "message", "why",
        "ask_first", "measured", "fix", "kind", "model_now", "probability", "facts", "saved", "also", "cell",
    ]  # fmt: skip
    assert data["findings"][0]["share_of_run"] is None
    assert data["target"] == {"python": "3.11", "gil": True, "cores": 2, "calibrated": False}


def test_it_reads_back_as_the_same_report() -> None:
    written = report(finding(), skipped=(SkippedReport(path="x.py", why="é", line=None),))
    assert Report.model_validate_json(render(written)) == written


def test_text_is_utf8_with_one_newline_at_the_end() -> None:
    text = render(report(skipped=(SkippedReport(path="né.py", why="→", line=1),)))
    assert "né.py" in text
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")


def test_a_file_name_that_is_not_utf8_survives() -> None:
    name = os.fsdecode(b"caf\xe9.py")
    data = render(report(skipped=(SkippedReport(path=name, why="no", line=None),))).encode("utf-8")
    assert os.fsencode(json.loads(data)["skipped"][0]["path"]) == b"caf\xe9.py"
