"""The formats in which a report can be written. `advisor.outputs.formats` has the table of what writes each."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """In the order in which `--help` lists them: for people, for programs, for continuous integration."""

    TEXT = "text"
    FULL = "full"
    CONCISE = "concise"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"
    GITHUB = "github"
    GITLAB = "gitlab"
    JUNIT = "junit"
