"""Shown: findings and edits as the language server protocol has them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from lsprotocol import types
from pygls.uris import from_fs_path

from advisor.model.concurrency import Level
from advisor.model.report import Finding
from advisor.model.spoken import spoken
from advisor.outputs import phrases
from advisor.serving.positions import Position, Text

_MOST_RELATED = 6  # steps of a trace


def diagnostic(finding: Finding, text: Text, root: str) -> types.Diagnostic:
    """A finding on its first line; the calls that prove it are the related places."""
    if finding.misuse:
        severity = types.DiagnosticSeverity.Warning
    else:
        sure = finding.change and finding.confidence is not Level.LOW
        severity = types.DiagnosticSeverity.Information if sure else types.DiagnosticSeverity.Hint
    return types.Diagnostic(
        range_of(finding, text),
        _headline(finding),
        severity=severity,
        code=finding.rule,
        source="advisor",
        related_information=_related(finding, root) or None,
    )


def _headline(finding: Finding) -> str:
    """One line for a list of problems: the message, and the gain where a change is advised."""
    gain = "" if finding.misuse or not finding.change else phrases.gain(finding.speedup)
    return f"{finding.message.rstrip('.')} ({gain})" if gain else finding.message.rstrip(".")


def range_of(finding: Finding, text: Text) -> types.Range:
    """From where a finding begins to the end of that line: a loop's whole body underlined would say nothing more."""
    line = finding.line - 1
    content = text.line(line).rstrip()
    start = min(finding.column - 1, len(content))
    return _span(text.at(line, start), text.at(line, max(len(content), start)))


def text_edits(before: Text, after: str) -> list[types.TextEdit]:
    return [types.TextEdit(_span(start, end), new) for start, end, new in before.edits(after)]


def workspace_edit(
    changes: Iterable[tuple[str, int | None, Sequence[types.TextEdit]]], *, versioned: bool
) -> types.WorkspaceEdit:
    """Edits of files by URI, with the version that each open one must have where the editor can check that."""
    if not versioned:
        return types.WorkspaceEdit(changes={uri: list(edits) for uri, _, edits in changes})
    identifier = types.OptionalVersionedTextDocumentIdentifier
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(identifier(uri, version), list(edits)) for uri, version, edits in changes
        ]
    )


def _related(finding: Finding, root: str) -> list[types.DiagnosticRelatedInformation]:
    steps = finding.work.effects[0].trace[1:] if finding.work.effects else ()
    return [
        types.DiagnosticRelatedInformation(
            types.Location(
                from_fs_path(os.path.join(root, step.path)) or "",
                types.Range(types.Position(step.line - 1, 0), types.Position(step.line, 0)),
            ),
            f"{step.function} calls {spoken(finding.work.effects[0].api)}",
        )
        for step in steps[:_MOST_RELATED]
    ]


def _span(start: Position, end: Position) -> types.Range:
    return types.Range(types.Position(*start), types.Position(*end))
