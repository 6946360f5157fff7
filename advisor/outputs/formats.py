"""The table of formats: which file writes each, and in which encoding.

A new format is one member of `Format`, one line here, and one file with `render(report, view) -> str`. That file is only
imported when its format is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from advisor.model.format import Format
from advisor.model.report import Report
from advisor.outputs.view import View

Renderer = Callable[[Report, View], str]


@dataclass(frozen=True, slots=True)
class Output:
    """`module` has the `render` of the format. `encoding` is that of the text, None for the terminal's own. `changes`: it shows
    what `generate` can write, which takes a little longer to find out; `whole`: and how, with all else that an analysis knows."""

    module: str
    about: str
    encoding: str | None = "utf-8"
    changes: bool = False
    whole: bool = False

    @property
    def render(self) -> Renderer:
        renderer: Renderer = import_module(self.module).render
        return renderer


FORMATS: dict[Format, Output] = {
    Format.TEXT: Output(
        "advisor.outputs.text", "each finding in at most eight lines, the best first", None, changes=True
    ),
    Format.FULL: Output("advisor.outputs.full", "everything known of each finding", None, changes=True),
    Format.CONCISE: Output("advisor.outputs.concise", "one line for each finding", None, changes=True),
    Format.MARKDOWN: Output(
        "advisor.outputs.markdown", "a table and details, for job summaries and comments", changes=True
    ),
    Format.HTML: Output(
        "advisor.outputs.html", "one web page with filters, source and charts", changes=True, whole=True
    ),
    Format.JSON: Output("advisor.outputs.json", "the whole report, of which there is a schema"),
    Format.JSONL: Output("advisor.outputs.jsonl", "the same, one JSON object a line"),
    Format.SARIF: Output(
        "advisor.outputs.sarif", "SARIF 2.1.0, for code scanning and editors", changes=True, whole=True
    ),
    Format.GITHUB: Output("advisor.outputs.github", "workflow commands, which GitHub shows at the lines of a change"),
    Format.GITLAB: Output("advisor.outputs.gitlab", "a Code Quality report for GitLab"),
    Format.JUNIT: Output("advisor.outputs.junit", "JUnit XML, a failed test case for each finding"),
}
