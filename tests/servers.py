"""Real servers for the tests of generated clients: HTTP on this machine, Redis, PostgreSQL; skipped only where there is none."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest


class _Answers(BaseHTTPRequestHandler):
    """Says what it was asked; `/wait` takes a while, `/set` leaves a cookie, `/move` sends on, `/fail` fails."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[str]]
    connections: ClassVar[set[tuple[str, int]]]
    busiest: ClassVar[list[int]]
    _now = 0
    _lock = threading.Lock()

    def _answer(self) -> None:
        with self._lock:
            type(self)._now += 1
            self.busiest.append(type(self)._now)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path = self.path.partition("?")[0]
        self.asked.append(self.path)
        self.connections.add(self.client_address)
        if path.startswith("/wait"):
            time.sleep(0.1)
        told = {
            "path": self.path, "method": self.command, "body": json.loads(body) if body.startswith("{") else body,
            "cookie": self.headers.get("Cookie", ""), "mark": self.headers.get("X-Mark", ""),
        }  # fmt: skip
        data = json.dumps(told).encode()
        with self._lock:
            type(self)._now -= 1
        self.send_response({"/move": 302, "/fail": 500}.get(path, 200))
        if path == "/move":
            self.send_header("Location", "/moved")
        if path == "/set":
            self.send_header("Set-Cookie", "seen=yes")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _answer

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Says nothing of clients that did not wait."""


class Web:
    """A server with what it was asked so far."""

    def __init__(self) -> None:
        class Answers(_Answers):
            asked: ClassVar = []
            connections: ClassVar = set()
            busiest: ClassVar = []

        self.handler: type[_Answers] = Answers
        self.server = _Quiet(("127.0.0.1", 0), self.handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def asked(self) -> list[str]:
        return self.handler.asked

    @property
    def connections(self) -> int:
        return len(self.handler.connections)

    @property
    def at_once(self) -> int:
        return max(self.handler.busiest)

    def forget(self) -> None:
        self.handler.asked.clear()
        self.handler.connections.clear()
        self.handler.busiest.clear()


@contextlib.contextmanager
def web() -> Iterator[Web]:
    made = Web()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()


@contextlib.contextmanager
def redis_server() -> Iterator[int]:
    """The port of a Redis server in this process."""
    fakeredis = pytest.importorskip("fakeredis")
    server = fakeredis.TcpFakeServer(("127.0.0.1", 0), server_type="redis")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server of its own, reached through a socket in a folder of its own."""
    program = shutil.which("postgres")
    tools = Path(os.path.realpath(program)).parent if program else None
    if tools is None or not (tools / "initdb").exists():
        pytest.skip("PostgreSQL is not installed")
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    data = folder / "data"
    folder.chmod(0o777)
    data.mkdir()
    if account is not None:
        shutil.chown(data, account)
    made = [str(tools / "initdb"), "-D", str(data), "-U", "tester", "-A", "trust", "-N", "--no-locale", "-E", "UTF8"]
    subprocess.run(made, user=account, cwd="/", check=True, capture_output=True)
    command = [str(tools / "postgres"), "-D", str(data), "-c", "listen_addresses=", "-k", str(folder), "-F"]
    server = subprocess.Popen(command, user=account, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            if (folder / ".s.PGSQL.5432").exists():
                break
            time.sleep(0.05)
        yield f"host={folder} user=tester dbname=postgres"
    finally:
        server.send_signal(signal.SIGINT)  # at once: SIGTERM would wait for connections that a test left open
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> str | None:
    """PostgreSQL refuses to run as root: then as whom?"""
    if os.getuid() != 0:
        return None
    known = {line.partition(":")[0] for line in Path("/etc/passwd").read_text(encoding="utf-8").splitlines()}
    return next((name for name in ("postgres", "nobody") if name in known), None)
