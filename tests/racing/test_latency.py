"""`--latency`: real programs that connect to real servers on this machine, and what the proxy must not change."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from advisor.racing.latency import Delay, delayed, latency_of

TRIP = 0.06
TIMED = """\
import sys, time
def timed(work):
    began = time.perf_counter()
    found = work()
    print(found, time.perf_counter() - began, flush=True)
port = int(sys.argv[1])
"""
BLOCKING = """\
import socket
def work():
    with socket.create_connection(("localhost", port), 5) as there:
        told = b""
        for _ in range(2):
            there.sendall(b"again")
            told += there.recv(5)
    return told.decode()
timed(work)
"""
STREAMS = """\
import asyncio
async def one():
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"again")
    told = await reader.readexactly(5)
    writer.close()
    return told.decode()
async def all():
    return "".join(await asyncio.gather(*[one() for _ in range(24)]))
timed(lambda: asyncio.run(all()))
"""


@contextlib.contextmanager
def echo(family: socket.AddressFamily = socket.AF_INET) -> Iterator[int]:
    """The port of a server that sends back whatever comes, until the sender's end."""

    def answer(there: socket.socket) -> None:
        with there, contextlib.suppress(OSError):
            while piece := there.recv(1 << 16):
                there.sendall(piece)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()

    with socket.create_server(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0), family=family) as server:
        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def ran(code: str, delay: Delay, *words: object, **environment: str) -> str:
    command = [sys.executable, "-c", TIMED + code, *map(str, words)]
    given = delay.added_to({**os.environ, **environment})
    return subprocess.run(command, env=given, check=True, capture_output=True, text=True, timeout=60).stdout


def took(code: str, port: int) -> tuple[str, float]:
    with delayed(TRIP) as delay:
        told, seconds = ran(code, delay, port).split()
        assert delay.connections
    return told, float(seconds)


def test_a_blocking_client_waits_once_to_connect_and_once_for_each_answer() -> None:
    with echo() as port:
        told, seconds = took(BLOCKING, port)
    assert (told, seconds >= 3 * TRIP) == ("againagain", True)


def test_waits_of_asyncio_overlap() -> None:
    """Each takes two round trips; one after the other the 24 of them would take 48."""
    with echo() as port:
        told, seconds = took(STREAMS, port)
    assert (told, 2 * TRIP <= seconds < 48 * TRIP) == ("again" * 24, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("client", "request_"),
    [
        ("requests", "requests.get(address).text"),
        ("httpx", "httpx.get(address).text"),
        ("aiohttp", "asyncio.run(once())"),
        ("http.client", "keeping()"),
    ],
)
def test_clients_of_http_wait(client: str, request_: str) -> None:
    from tests.servers import web

    pytest.importorskip(client)
    code = f"""
import asyncio, http.client, {client}
address = f"http://127.0.0.1:{{port}}/it"
async def once():
    async with aiohttp.ClientSession() as session, session.get(address) as response:
        return await response.text()
def keeping():
    there = http.client.HTTPConnection("127.0.0.1", port)
    there.request("GET", "/it")
    return there.getresponse().read().decode()
timed(lambda: len({request_}))
"""
    with web() as server:
        told, seconds = took(code, server.server.server_port)
    assert int(told) > 20
    assert seconds >= 2 * TRIP


def test_errors_ends_and_much_data_pass_as_they_are() -> None:
    code = """
import errno, socket
with socket.create_connection(("127.0.0.1", port)) as there:
    data = bytes(range(256)) * 8000
    import threading
    sender = threading.Thread(target=lambda: (there.sendall(data), there.shutdown(socket.SHUT_WR)))
    sender.start()
    got = b"".join(iter(lambda: there.recv(1 << 16), b""))
    print(got == data)
free = socket.create_server(("127.0.0.1", 0))
nobody = free.getsockname()
free.close()
try:
    socket.create_connection(nobody)
except ConnectionRefusedError:
    print("refused")
print(socket.socket().connect_ex(nobody) == errno.ECONNREFUSED)
try:
    socket.create_connection(("127.0.0.1", port), timeout=0.01)
except TimeoutError:
    print("too late")
"""
    with echo() as port, delayed(TRIP) as delay:
        assert ran(code, delay, port).split("\n")[:-1] == ["True", "refused", "True", "too late"]


def test_other_sockets_are_left_alone(tmp_path: Path) -> None:
    """Those of UNIX, pairs, datagrams, and streams that belong to no server: none of them passes the proxy."""
    code = f"""
import multiprocessing.connection, socket
with multiprocessing.connection.Listener({str(tmp_path / "it")!r}) as listener:
    near = multiprocessing.connection.Client(listener.address)
    far = listener.accept()
    near.send("pipe"); print(far.recv())
one, other = socket.socketpair()
one.send(b"pair"); print(other.recv(9).decode())
here = socket.socket(type=socket.SOCK_DGRAM)
here.bind(("127.0.0.1", 0))
there = socket.socket(type=socket.SOCK_DGRAM)
there.connect(here.getsockname()); there.send(b"datagram"); print(here.recv(9).decode())
away = socket.socket()
away.setblocking(False)
print(away.connect_ex(("192.0.2.1", 9)) != 0)
"""
    with delayed(TRIP) as delay:
        assert ran(code, delay, 0).split() == ["pipe", "pair", "datagram", "True"]
        assert delay.connections == 0


def test_programs_that_the_program_starts_wait_too() -> None:
    code = f"""
import subprocess
print(subprocess.run([sys.executable, "-c", {TIMED + BLOCKING!r}, str(port)], capture_output=True, text=True).stdout)
"""
    with echo() as port, delayed(TRIP) as delay:
        told, seconds = ran(code, delay, port).split()
        assert delay.connections == 1
    assert (told, float(seconds) >= 3 * TRIP) == ("againagain", True)


def test_ipv6() -> None:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("this machine has no IPv6")
    with echo(socket.AF_INET6) as port:
        told, seconds = took(BLOCKING.replace("localhost", "::1"), port)
    assert (told, seconds >= 3 * TRIP) == ("againagain", True)


def test_the_users_own_sitecustomize_is_imported(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.mine = 'mine'")
    with delayed(TRIP) as delay:
        assert ran("print(sys.mine)", delay, 0, PYTHONPATH=str(tmp_path)).strip() == "mine"


def test_without_latency_nothing_is_added() -> None:
    with delayed(0.0) as delay:
        assert delay.added_to({"PYTHONPATH": "src"}) == {"PYTHONPATH": "src"}
        assert threading.active_count() == len(threading.enumerate())
        assert not [each for each in threading.enumerate() if each.name == "latency"]


def test_the_proxy_is_gone_afterwards() -> None:
    with delayed(TRIP) as delay:
        port = int(delay.added_to({})["ADVISOR_LATENCY"].partition(",")[0])
        with socket.create_connection(("127.0.0.1", port)):
            assert [each for each in threading.enumerate() if each.name == "latency"]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    assert not [each for each in threading.enumerate() if each.name == "latency"]


@pytest.mark.parametrize(
    ("option", "seconds"), [("50ms", 0.05), ("0.05", 0.05), ("50 ms", 0.05), ("0.2s", 0.2), ("500us", 0.0005), ("0", 0)]
)
def test_times(option: str, seconds: float) -> None:
    assert latency_of(option) == pytest.approx(seconds)


@pytest.mark.parametrize("option", ["", "ms", "fast", "-50ms", "nan", "inf", "1e9999ms", "50", "11s", "5 0ms", "0x10"])
def test_what_is_no_time_is_refused_in_one_line(option: str) -> None:
    with pytest.raises(AdvisorError) as caught:
        latency_of(option)
    assert caught.value.title.startswith(f"--latency {option}: ")
    assert "\n" not in caught.value.title
    assert "50ms" in caught.value.hint
