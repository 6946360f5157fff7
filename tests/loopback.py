"""Servers on the loopback interface that answer the same every time and remember what they were asked."""

from __future__ import annotations

import contextlib
import json
import socketserver
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_DELAY = 0.02  # seconds that each answer takes
_PATIENCE = 5.0  # seconds that the first answers wait for further requests, where these are expected at the same time


class Record:
    """What was asked, in the order of arrival, and how many were being answered at the same time.

    Answers wait until `expected` requests were there at once: a slow machine proves as much as a fast one.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.asked: list[tuple[str, str]] = []
        self.now = self.most = self.expected = 0

    @contextlib.contextmanager
    def answering(self, kind: str, what: str) -> Iterator[None]:
        with self._changed:
            self.asked.append((kind, what))
            self.now += 1
            self.most = max(self.most, self.now)
            self._changed.notify_all()
            if not self._changed.wait_for(lambda: self.most >= self.expected, _PATIENCE):
                self.expected = 0  # they will not come: no need to wait for the next ones
        try:
            time.sleep(_DELAY)
            yield
        finally:
            with self._changed:
                self.now -= 1

    def begin(self, expected: int) -> None:
        """From now on what is asked belongs to the next run."""
        with self._changed:
            self.asked, self.most, self.expected = [], 0, expected


class Servers:
    """An HTTP, a line-based TCP and an SMTP server with one record; use as a context manager."""

    def __init__(self) -> None:
        self.record = Record()
        self._servers: list[socketserver.BaseServer] = []

    def __enter__(self) -> Servers:
        self._servers = [_Http(self.record), _Tcp(_Echo, self.record), _Tcp(_Smtp, self.record)]
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    @property
    def environment(self) -> dict[str, str]:
        ports = [str(server.server_address[1]) for server in self._servers]  # type: ignore[index]
        return {"API": f"http://127.0.0.1:{ports[0]}", "ECHO_PORT": ports[1], "SMTP_PORT": ports[2], "NO_PROXY": "*"}


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, record: Record) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.record = record

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away (a loop that ended early) is nothing to tell."""


class _Answers(BaseHTTPRequestHandler):
    """`/item/N` and `/flaky/N` (every fifth fails) give a record, `/page/X` a text, `/missing` nothing; others are taken."""

    server: _Http
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        with self.server.record.answering("GET", f"{self.path} {self.headers.get('X-Trace', '')}".strip()):
            kind, _, which = self.path.partition("?")[0].strip("/").partition("/")
            number = int(which) if which.isdigit() else len(which)
            if kind == "missing" or (kind == "flaky" and number % 5 == 0):
                self._answer(404 if kind == "missing" else 503, {"error": kind})
            elif kind == "page":
                self._answer(200, f"{which} " * (number % 4 + 1) + f"page {which}")
            else:
                tags = ["new", "sold", "big"][: number % 4]
                self._answer(200, {"id": number, "name": f"item {number}", "size": number * 7 % 11, "tags": tags})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.server.record.answering("POST", f"{self.path} {body.decode()}"):
            self._answer(201, {"bytes": len(body)})

    def _answer(self, status: int, content: object) -> None:
        body = (content if isinstance(content, str) else json.dumps(content)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if isinstance(content, str) else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the record tells."""


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, handler: type[socketserver.StreamRequestHandler], record: Record) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.record = record


class _Echo(socketserver.StreamRequestHandler):
    """Each line comes back in capitals; one that begins with `e` is refused."""

    server: _Tcp

    def handle(self) -> None:
        for line in self.rfile:
            word = line.decode().strip()
            with self.server.record.answering("ECHO", word):
                self.wfile.write(f"{'ERR' if word.startswith('e') else word.upper()}\n".encode())


class _Smtp(socketserver.StreamRequestHandler):
    """As much of SMTP as `smtplib` needs; `nobody@` is not a recipient."""

    server: _Tcp

    def handle(self) -> None:
        self._say("220 loopback")
        while line := self.rfile.readline().decode().strip():
            match line[:4].upper():
                case "QUIT":
                    return self._say("221 bye")
                case "RCPT" if "nobody@" in line:
                    self._say("550 no such recipient")
                case "RCPT":
                    with self.server.record.answering("MAIL", line):
                        self._say("250 ok")
                case "DATA":
                    self._say("354 go on")
                    while self.rfile.readline().strip() != b".":
                        pass
                    self._say("250 taken")
                case _:
                    self._say("250 ok")
        return None

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())
