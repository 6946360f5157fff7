"""The language server: findings as diagnostics while a file is edited, explained on hover, with code actions.

The message loop only passes messages on; a worker process analyses, and what a newer edit makes useless is interrupted.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from advisor import __version__
from advisor.errors import AdvisorError
from advisor.inputs.reading import with_line_feeds
from advisor.model.report import Finding
from advisor.outputs.markdown import explained
from advisor.serving.client import Worker
from advisor.serving.jobs import Analyse, Analysed, Files, Fix, Fixed
from advisor.serving.positions import Text
from advisor.serving.shown import diagnostic, range_of, text_edits, workspace_edit
from advisor.serving.suppress import with_suppression

_PAUSE = 0.2  # seconds without a further keystroke, after which an edit is analysed
_WATCHED = ("**/*.py", "**/pyproject.toml")

Refused = str


@dataclass(slots=True)
class Document:
    """An open file: its text at `version`, and the findings of the last version that could be read, with that version."""

    uri: str
    file: str
    version: int
    text: Text
    findings: tuple[Finding, ...] = ()
    root: str = ""
    cores: int = 1
    analysed: int | None = None
    at: tuple[str, ...] = ()  # the first line of each finding as it was, which tells whether it still stands there
    task: asyncio.Task[None] | None = None
    fixes: dict[int, Fixed | Refused] = field(default_factory=dict)  # by line, for the version that was analysed

    def standing(self) -> list[Finding]:
        """The findings whose first line is what it was when they were found."""
        return [
            finding
            for finding, line in zip(self.findings, self.at, strict=True)
            if self.text.line(finding.line - 1) == line
        ]


class Server(LanguageServer):
    """One for each editor window."""

    def __init__(self) -> None:
        super().__init__("advisor", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self.worker = Worker()
        self.documents: dict[str, Document] = {}
        self._complained: set[str] = set()

    # ---- documents

    def changed(self, uri: str, *, pause: float) -> None:
        """Analyses a document after a `pause`, and lets go of what is being found about an older version of it."""
        held = self.workspace.get_text_document(uri)
        file = _file_of(uri)
        if file is None:
            return
        text = Text(held.source, self._encoding)
        document = self.documents.get(uri)
        if document is None:
            document = self.documents[uri] = Document(uri, file, held.version or 0, text)
        document.version, document.text = held.version or 0, text
        self._schedule(document, pause)

    def closed(self, uri: str) -> None:
        document = self.documents.pop(uri, None)
        if document is not None:
            if document.task is not None:
                document.task.cancel()
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def refresh(self, *, but: str = "") -> None:
        """Analyses every open document anew, for a file on which it may rest has changed."""
        for document in self.documents.values():
            if document.uri != but:
                self._schedule(document, _PAUSE)

    def _schedule(self, document: Document, pause: float) -> None:
        if document.task is not None:
            document.task.cancel()
        document.task = asyncio.ensure_future(self._analyse(document, pause))
        document.task.add_done_callback(self._failed)

    async def _analyse(self, document: Document, pause: float) -> None:
        await asyncio.sleep(pause)
        version, text = document.version, document.text
        try:
            found = await self.worker.do(Analyse(self._files(), document.file))
        except AdvisorError as error:
            self._complain(error)
            return
        assert isinstance(found, Analysed)
        if found.why_not and document.analysed is not None:
            return  # half typed: the editor moves what it shows along with the text
        document.findings, document.root, document.cores, document.analysed = (
            found.findings,
            found.root,
            found.cores,
            version,
        )
        document.at = tuple(text.line(finding.line - 1) for finding in found.findings)
        document.fixes.clear()
        shown = [diagnostic(finding, text, found.root) for finding in found.findings]
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(document.uri, shown, version))

    def _failed(self, task: asyncio.Task[None]) -> None:
        """A mistake of ours stands in the editor's log, and the next edit tries again."""
        if not task.cancelled() and (error := task.exception()) is not None:
            message = f"internal error: {type(error).__name__}: {error}"
            self.window_log_message(types.LogMessageParams(types.MessageType.Error, message))

    @property
    def _encoding(self) -> str:
        agreed = self.workspace.position_encoding or types.PositionEncodingKind.Utf16
        return types.PositionEncodingKind(agreed).value

    def _files(self) -> Files:
        unsaved = tuple((document.file, document.text.text) for document in self.documents.values())
        folders = [to_fs_path(folder.uri) for folder in self.workspace.folders.values()]
        if not folders and self.workspace.root_path:
            folders = [self.workspace.root_path]
        return Files(tuple(os.path.abspath(folder) for folder in folders if folder), unsaved)

    def _complain(self, error: AdvisorError) -> None:
        """Once for each mistake, or every keystroke would."""
        line = f"advisor: {error.title}" + (f" ({error.hint})" if error.hint else "")
        if line not in self._complained:
            self._complained.add(line)
            self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, line))

    async def watch(self) -> None:
        """Asks the editor to say when other files change, where it can be asked."""
        workspace = self.client_capabilities.workspace
        ability = workspace.did_change_watched_files if workspace else None
        if ability is None or not ability.dynamic_registration:
            return
        watchers = [types.FileSystemWatcher(pattern) for pattern in _WATCHED]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        registration = types.Registration("advisor-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        await self.client_register_capability_async(types.RegistrationParams([registration]))

    # ---- what is asked of a place

    def hover(self, params: types.HoverParams) -> types.Hover | None:
        document = self.documents.get(params.text_document.uri)
        line = params.position.line + 1
        here = [] if document is None else [each for each in document.standing() if each.line == line]
        if document is None or not here:
            return None
        value = "\n\n---\n\n".join(explained(each, document.cores) for each in here)
        content = types.MarkupContent(types.MarkupKind.Markdown, value)
        return types.Hover(content, range_of(here[0], document.text))

    async def actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        document = self.documents.get(params.text_document.uri)
        if document is None or not _wants_fixes(params.context):
            return []
        if (
            document.task is not None and not document.task.done()
        ):  # it may be that nothing is known yet of what is shown
            await asyncio.wait({document.task})
        if document.analysed != document.version:
            return []
        first, last = params.range.start.line + 1, params.range.end.line + 1
        here = [finding for finding in document.findings if first <= finding.line <= last]
        version = document.version
        offered: list[types.CodeAction] = []
        for line in dict.fromkeys(finding.line for finding in here if finding.change):
            of_line = [finding for finding in here if finding.line == line]
            offered += await self._refactors(document, line, of_line)
        if document.version != version:
            return []
        return offered + [action for finding in here if (action := self._suppression(document, finding)) is not None]

    async def _refactors(self, document: Document, line: int, findings: list[Finding]) -> list[types.CodeAction]:
        """The refactor of the findings on a line; where it is refused and the editor can show why, an action that cannot
        be chosen."""
        fixed = await self._fix(document, line)
        shown = [diagnostic(finding, document.text, document.root) for finding in findings]
        first = findings[0]
        title = f"Fix: {first.rule}" if first.misuse else f"Rewrite with {first.executor.value}: {first.rule}"
        action = types.CodeAction(title, types.CodeActionKind.QuickFix, shown)
        if isinstance(fixed, Fixed):
            action.edit = self._edit(fixed)
            return [action] if action.edit is not None else []
        support = self.client_capabilities.text_document and self.client_capabilities.text_document.code_action
        if support and support.disabled_support:
            action.disabled = types.CodeActionDisabled(fixed)
            return [action]
        return []

    async def _fix(self, document: Document, line: int) -> Fixed | Refused:
        if line not in document.fixes:
            known = document.fixes
            try:
                made = await self.worker.do(Fix(self._files(), document.file, line))
                assert isinstance(made, Fixed)
                known[line] = made
            except AdvisorError as error:
                known[line] = error.title.removeprefix(f"{document.file}:")
            return known[line]
        return document.fixes[line]

    def _suppression(self, document: Document, finding: Finding) -> types.CodeAction | None:
        text = document.text
        after = with_suppression(with_line_feeds(text.text), finding.line, finding.end_line, finding.rule)
        if after is None:
            return None
        fixed = Fixed(((document.file, text.text, after.replace("\n", "\r\n") if "\r\n" in text.text else after),))
        shown = [diagnostic(finding, text, document.root)]
        title = f"Ignore {finding.rule} here"
        return types.CodeAction(title, types.CodeActionKind.QuickFix, shown, edit=self._edit(fixed))

    def _edit(self, fixed: Fixed) -> types.WorkspaceEdit | None:
        """What turns the files from before into those after, for the versions of documents that the editor has to check; None
        where one has changed meanwhile."""
        open_now = {document.file: document for document in self.documents.values()}
        changes = []
        for file, before, after in fixed.changes:
            document = open_now.get(file)
            if document is not None and document.text.text != before:
                return None
            uri, version = (
                (document.uri, document.version) if document is not None else (from_fs_path(file) or "", None)
            )
            changes.append((uri, version, text_edits(Text(before, self._encoding), after)))
        ability = self.client_capabilities.workspace and self.client_capabilities.workspace.workspace_edit
        return workspace_edit(changes, versioned=bool(ability and ability.document_changes))


def serve() -> None:
    """Speaks the language server protocol on standard input and output until the editor ends it."""
    server = Server()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.changed(params.text_document.uri, pause=0)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: types.DidChangeTextDocumentParams) -> None:
        server.changed(params.text_document.uri, pause=_PAUSE)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.changed(params.text_document.uri, pause=0)
        server.refresh(but=params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.closed(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def changed_outside(_params: types.DidChangeWatchedFilesParams) -> None:
        server.refresh()

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def folders_changed(_params: types.DidChangeWorkspaceFoldersParams) -> None:
        server.refresh()

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        return server.hover(params)

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
    )
    async def actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        return await server.actions(params)

    @server.feature(types.INITIALIZED)
    async def initialized(_params: types.InitializedParams) -> None:
        await server.watch()

    @server.feature(types.EXIT)
    def ended(*_: object) -> None:
        server.worker.close()

    server.start_io()


def _file_of(uri: str) -> str | None:
    """The Python file that a URI names; None for what has no file, and for cells of notebooks."""
    file = to_fs_path(uri) if uri.startswith("file:") else None
    return None if file is None or file.endswith(".ipynb") else os.path.abspath(file)


def _wants_fixes(context: types.CodeActionContext) -> bool:
    fix = str(types.CodeActionKind.QuickFix.value)
    kinds = [str(getattr(kind, "value", kind)) for kind in context.only or (fix,)]
    return any(kind in ("", fix) for kind in kinds)
