"""An editor, as far as the language server can tell: a real client that speaks to `advisor lsp` over its standard streams."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

PATIENCE = 60  # seconds: the machine may be busy


class Editor:
    """Opens and edits documents, and collects what the server publishes and says."""

    def __init__(self) -> None:
        self.client = LanguageClient("editor", "1")
        self.published: dict[str, list[types.PublishDiagnosticsParams]] = {}
        self.said: list[str] = []
        self.initialized: types.InitializeResult | None = None
        self._versions: dict[str, int] = {}
        self._news = asyncio.Event()

        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
        def published(params: types.PublishDiagnosticsParams) -> None:
            self.published.setdefault(params.uri, []).append(params)
            self._news.set()

        @self.client.feature(types.WINDOW_SHOW_MESSAGE)  # type: ignore[untyped-decorator]
        def said(params: types.ShowMessageParams) -> None:
            self.said.append(params.message)
            self._news.set()

        @self.client.feature(types.WINDOW_LOG_MESSAGE)  # type: ignore[untyped-decorator]
        def logged(params: types.LogMessageParams) -> None:
            self.said.append(params.message)
            self._news.set()

        @self.client.feature(types.CLIENT_REGISTER_CAPABILITY)  # type: ignore[untyped-decorator]
        def registered(_params: types.RegistrationParams) -> None:
            return None

    def open(self, file: Path, text: str | None = None) -> str:
        """Opens a document with the text of its file, or with another one that was not saved; its URI."""
        uri = file.as_uri()
        self._versions[uri] = 1
        given = file.read_bytes().decode("utf-8") if text is None else text
        item = types.TextDocumentItem(uri, "python", 1, given)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def change(self, uri: str, text: str) -> int:
        """The whole text anew; its version."""
        self._versions[uri] += 1
        identifier = types.VersionedTextDocumentIdentifier(self._versions[uri], uri)
        whole = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [whole]))
        return self._versions[uri]

    def save(self, uri: str) -> None:
        identifier = types.TextDocumentIdentifier(uri)
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(identifier))

    async def diagnostics(self, uri: str, version: int | None = None) -> list[types.Diagnostic]:
        """What is published of a version of a document (the one that is open), as soon as it is."""
        wanted = self._versions[uri] if version is None else version
        async with asyncio.timeout(PATIENCE):
            while True:
                for params in self.published.get(uri, ()):
                    if params.version == wanted:
                        return list(params.diagnostics)
                assert not self.said, self.said
                self._news.clear()
                await self._news.wait()

    async def message(self) -> str:
        async with asyncio.timeout(PATIENCE):
            while not self.said:
                self._news.clear()
                await self._news.wait()
        return self.said.pop(0)

    async def hover(self, uri: str, line: int, character: int) -> types.Hover | None:
        where = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(line, character))
        return await asyncio.wait_for(self.client.text_document_hover_async(where), PATIENCE)

    async def actions(self, uri: str, line: int, only: list[str] | None = None) -> list[types.CodeAction]:
        place = types.Range(types.Position(line, 0), types.Position(line, 0))
        context = types.CodeActionContext([], only=only)
        asked = types.CodeActionParams(types.TextDocumentIdentifier(uri), place, context)
        given = await asyncio.wait_for(self.client.text_document_code_action_async(asked), PATIENCE)
        return [action for action in given or () if isinstance(action, types.CodeAction)]


@asynccontextmanager
async def editor(*folders: Path, encodings: list[str] | None = None, versioned: bool = True) -> AsyncIterator[Editor]:
    """An editor with these folders open, that ended its server as the protocol asks when the block is left."""
    it = Editor()
    await it.client.start_io(sys.executable, "-m", "advisor", "lsp")
    workspace = types.WorkspaceClientCapabilities(
        workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=versioned), workspace_folders=True
    )
    actions = types.CodeActionClientCapabilities(disabled_support=True)
    able = types.ClientCapabilities(
        workspace=workspace,
        text_document=types.TextDocumentClientCapabilities(code_action=actions),
        general=types.GeneralClientCapabilities(position_encodings=encodings),
    )
    opened = [types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders]
    it.initialized = await it.client.initialize_async(types.InitializeParams(able, workspace_folders=opened))
    it.client.initialized(types.InitializedParams())
    try:
        yield it
    finally:
        await asyncio.wait_for(it.client.shutdown_async(None), PATIENCE)
        it.client.exit(None)
        await it.client.stop()  # type: ignore[no-untyped-call]


def applied(text: str, edits: list[Any], encoding: str = "utf-16-le", size: int = 2) -> str:
    """A text after the edits of a code action, as an editor applies them: lines end at \\n, \\r\\n and \\r, units are counted."""
    import re

    starts = [0, *(found.end() for found in re.finditer(r"\r\n|\n|\r", text))]

    def offset(position: types.Position) -> int:
        if position.line >= len(starts):
            return len(text)
        units = text[starts[position.line] :].encode(encoding)[: position.character * size]
        return starts[position.line] + len(units.decode(encoding))

    for edit in sorted(edits, key=lambda each: offset(each.range.start), reverse=True):
        text = text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
    return text
