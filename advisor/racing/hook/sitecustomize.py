"""In a raced program: what connects to a server on this machine connects through the advisor's proxy, which delays it.

The interpreter imports this first, by its name and from PYTHONPATH, in the program and in the Python programs that it starts;
then the `sitecustomize` that would have been imported otherwise. It runs under the user's Python, of whatever version, so it
needs only the standard library. `advisor.racing.latency` is the other side, and tells what is said between them.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from typing import Any

_PLAIN = socket.SocketType  # what socket.socket, and with it a TLS socket, is made from
_LONGEST = 10  # seconds until the proxy answers a socket that must not wait
_PROXIES: dict[int, tuple[str, int]] = {}


def _redirect(ports: str) -> None:
    """To the proxy that listens on these ports, of IPv4 and of IPv6 (0: none)."""
    for family, host, port in zip((socket.AF_INET, socket.AF_INET6), ("127.0.0.1", "::1"), ports.split(",")):
        if port != "0":
            _PROXIES[family] = (host, int(port))
    socket.socket.connect = _connect  # type: ignore[assignment, method-assign]
    socket.socket.connect_ex = _connect_ex  # type: ignore[assignment, method-assign]


def _connect(self: socket.socket, address: Any) -> None:
    host = _near(self, address)
    if host is None:
        return _PLAIN.connect(self, address)
    failed = _open(self, host, address[1])
    if failed:
        raise OSError(failed, os.strerror(failed))
    return None


def _connect_ex(self: socket.socket, address: Any) -> int:
    host = _near(self, address)
    if host is None:
        return _PLAIN.connect_ex(self, address)
    try:
        return _open(self, host, address[1])
    except OSError as error:
        return error.errno or errno.EAGAIN  # of a timeout, which has no number


def _near(sock: socket.socket, address: Any) -> str | None:
    """The host on this machine that a stream is to be connected to, in numbers; None where it is anything else."""
    if sock.type != socket.SOCK_STREAM or sock.family not in _PROXIES:
        return None
    if not isinstance(address, tuple) or len(address) < 2:
        return None
    host, port = address[:2]
    if not isinstance(host, str) or not isinstance(port, int) or not 0 < port < 1 << 16:
        return None
    if sock.family == socket.AF_INET:
        if host in ("", "localhost", "0.0.0.0"):
            return "127.0.0.1"
        return host if host.startswith("127.") else None
    if host.startswith("::ffff:127."):
        return host[len("::ffff:") :]
    return "::1" if host in ("", "localhost", "::", "::1") else None


def _open(sock: socket.socket, host: str, port: int) -> int:
    """The number of the error; 0 where the connection stands. A socket that must not wait, does so for the proxy only."""
    timeout = sock.gettimeout()
    may_wait = timeout != 0
    try:
        if not may_wait:
            sock.settimeout(_LONGEST)
        failed = _PLAIN.connect_ex(sock, _PROXIES[sock.family])
        if failed:
            return failed
        _PLAIN.sendall(sock, f"{may_wait:d} {host} {port}\n".encode())
        told = _PLAIN.recv(sock, 1)
        return told[0] if told else errno.ECONNRESET
    finally:
        sock.settimeout(timeout)


def _the_next_one() -> None:
    """Imports the `sitecustomize` that this one hides."""
    own = os.path.dirname(os.path.abspath(__file__))
    spec = PathFinder.find_spec("sitecustomize", [path for path in sys.path if os.path.abspath(path) != own])
    if spec is not None and spec.loader is not None:
        module = sys.modules["sitecustomize"] = module_from_spec(spec)
        spec.loader.exec_module(module)


if "ADVISOR_LATENCY" in os.environ:
    _redirect(os.environ["ADVISOR_LATENCY"])
_the_next_one()
