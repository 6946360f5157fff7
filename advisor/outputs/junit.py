"""JUnit XML: a failed test case for each finding, a skipped one for each file that was skipped.

What stays as it is (with `--all`) passes, and so does one case named `analyze` where there is nothing else to tell.
"""

from __future__ import annotations

from xml.etree import ElementTree

from advisor.model.report import Finding, Report
from advisor.outputs import phrases
from advisor.outputs.characters import visible
from advisor.outputs.view import View


def render(report: Report, view: View) -> str:
    """A document with one test suite; a file is the class of its cases, and a case is named after rule and line."""
    failures = sum(finding.change for finding in report.findings)
    cases = [*(_case(finding, view) for finding in report.findings), *_skipped(report, view)]
    if not cases:
        cases = [ElementTree.Element("testcase", classname="advisor", name="analyze", time="0")]
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": "0", "skipped": str(len(report.skipped))}
    suites = ElementTree.Element("testsuites", {"name": "advisor", **counts})
    suite = ElementTree.SubElement(suites, "testsuite", {"name": "advisor", "time": "0", **counts})
    suite.extend(cases)
    ElementTree.indent(suites)
    text = ElementTree.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _case(finding: Finding, view: View) -> ElementTree.Element:
    path = visible(view.shown_path(finding.path))
    name = f"{finding.rule} (line {finding.line}, column {finding.column})"
    case = ElementTree.Element("testcase", classname=path, name=name, file=path, line=str(finding.line), time="0")
    if finding.change:
        message = visible(finding.message)
        failure = ElementTree.SubElement(case, "failure", type=finding.rule, message=message)
        place = f"{path}:{finding.line}:{finding.column}: {phrases.confidence(finding)}"
        failure.text = "\n".join([place, message, *map(visible, phrases.in_brief(finding))])
    return case


def _skipped(report: Report, view: View) -> list[ElementTree.Element]:
    cases = []
    for skipped in report.skipped:
        path = visible(view.shown_path(skipped.path))
        case = ElementTree.Element("testcase", classname=path, name="skipped", file=path, time="0")
        ElementTree.SubElement(case, "skipped", message=visible(skipped.why))
        cases.append(case)
    return cases
