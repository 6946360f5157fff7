"""Latency: the waits of a server that is far away, for a program whose server stands on this machine.

A proxy in a thread of the advisor delays what passes, half of the round trip each way; order, content, the end of a stream and
errors stay what they are. A hook (`hook/sitecustomize.py`) leads the program's connections to this machine through it:
it connects to the proxy and sends the line `WAITS HOST PORT`, and the proxy answers one byte: 0, or the number of the error
with which that server cannot be reached. WAITS is 1 for a socket that may wait in `connect`: its answer takes a whole
round trip. For one that may not, the first data is that much later.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from advisor.errors import AdvisorError

LONGEST = 10.0  # seconds
_HOOK = Path(__file__).with_name("hook")
_PIECE = 1 << 16  # bytes
_UNDER_WAY = 256  # pieces in one direction; more are left waiting in the sender
_HINT = "a time for the way to the server and back, like 50ms or 0.05"
_UNITS = {"ms": 1e-3, "us": 1e-6, "s": 1.0}


def latency_of(option: str) -> float:
    """Seconds, from `50ms`, `50 ms`, `0.05` or `0.05s`. AdvisorError for anything else."""
    text = option.strip().lower()
    unit = next((unit for unit in _UNITS if text.endswith(unit)), "")
    try:
        seconds = float(text.removesuffix(unit)) * _UNITS.get(unit, 1.0)
    except ValueError:
        raise AdvisorError(f"--latency {option}: not a time", _HINT) from None
    if not 0 <= seconds < float("inf"):
        raise AdvisorError(f"--latency {option}: not a time", _HINT)
    if seconds > LONGEST:
        hint = f"{option.strip()}ms is that many milliseconds" if not unit else _HINT
        raise AdvisorError(f"--latency {option}: longer than {LONGEST:g} s", hint)
    return seconds


class Delay:
    """What a race with latency adds to the environment of a program; without latency it adds nothing."""

    def __init__(self, proxy: _Proxy | None = None) -> None:
        self._proxy = proxy

    @property
    def connections(self) -> int:
        """How many were delayed so far."""
        return self._proxy.connections if self._proxy is not None else 0

    def added_to(self, environment: Mapping[str, str]) -> dict[str, str]:
        if self._proxy is None:
            return dict(environment)
        searched = os.pathsep.join(filter(None, (str(_HOOK), environment.get("PYTHONPATH", ""))))
        return {**environment, "PYTHONPATH": searched, "ADVISOR_LATENCY": ",".join(map(str, self._proxy.ports))}


@contextmanager
def delayed(seconds: float) -> Iterator[Delay]:
    """While it lasts, servers on this machine are `seconds` away (there and back) for programs that run with its Delay."""
    if not seconds:
        yield Delay()
        return
    proxy = _Proxy(seconds)
    proxy.start()
    try:
        yield Delay(proxy)
    finally:
        proxy.stop()


class _Proxy:
    """`ports` are those that it listens on, of IPv4 and of IPv6 (0: the machine has none)."""

    def __init__(self, seconds: float) -> None:
        self._half = seconds / 2
        self._sockets = [_listening(socket.AF_INET, "127.0.0.1"), _listening(socket.AF_INET6, "::1")]
        self.ports = [each.getsockname()[1] if each else 0 for each in self._sockets]
        self.connections = 0
        self._loop = asyncio.new_event_loop()
        self._end = asyncio.Event()
        self._streams: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, name="latency", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        self._loop.run_until_complete(self._relay())
        self._loop.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(timeout=5.0)

    async def _relay(self) -> None:
        servers = [await asyncio.start_server(self._accept, sock=each, limit=_PIECE) for each in self._sockets if each]
        await self._end.wait()
        for server in servers:
            server.close()
        for stream in self._streams:
            stream.cancel()
        await asyncio.gather(*self._streams, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stream = self._loop.create_task(self._serve(reader, writer))
        self._streams.add(stream)
        stream.add_done_callback(self._streams.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from the first line to its end."""
        began = self._loop.time()
        try:
            waits, host, port = (await reader.readline()).split()
        except (OSError, ValueError):  # nobody that the hook sent
            writer.close()
            return
        may_wait = waits == b"1"
        await asyncio.sleep(self._half * may_wait)
        self.connections += 1
        failed = 0
        try:
            far_reader, far_writer = await asyncio.open_connection(host.decode(), int(port), limit=_PIECE)
        except OSError as error:
            failed = error.errno or errno.ECONNREFUSED
        await asyncio.sleep(self._half * may_wait)
        writer.write(bytes([min(failed, 255)]))
        if failed:
            writer.close()
            return
        connected = self._loop.time() if may_wait else began + 2 * self._half
        try:
            await asyncio.gather(
                self._carry(reader, far_writer, connected + self._half),
                self._carry(far_reader, writer, connected + 2 * self._half),
            )
        finally:
            writer.close()
            far_writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, earliest: float) -> None:
        """One direction: each piece leaves half a round trip after it came, and none before `earliest`."""
        way: asyncio.Queue[tuple[float, bytes | None]] = asyncio.Queue(_UNDER_WAY)
        arriving = self._loop.create_task(self._take(reader, way))
        try:
            while True:
                due, piece = await way.get()
                await asyncio.sleep(max(due, earliest) - self._loop.time())
                if not piece:
                    break
                writer.write(piece)
                await writer.drain()
            if piece is None:
                writer.transport.abort()
            elif writer.can_write_eof():
                writer.write_eof()
        except OSError:  # the receiver is gone: the sender learns it from the other direction
            writer.transport.abort()
        finally:
            arriving.cancel()

    async def _take(self, reader: asyncio.StreamReader, way: asyncio.Queue[tuple[float, bytes | None]]) -> None:
        """What arrives: b"" at the end, None where the connection was reset."""
        piece: bytes | None = b"begin"
        while piece:
            try:
                piece = await reader.read(_PIECE)
            except OSError:
                piece = None
            await way.put((self._loop.time() + self._half, piece))


def _listening(family: socket.AddressFamily, host: str) -> socket.socket | None:
    made = None
    try:
        made = socket.socket(family, socket.SOCK_STREAM)
        made.bind((host, 0))
        made.listen(1024)
    except OSError as error:
        if made is not None:
            made.close()
        if family == socket.AF_INET:
            raise AdvisorError(f"--latency: no port to listen on: {error.strerror}", "leave it out") from error
        return None
    made.setblocking(False)
    return made
