"""Run the two races of README.md (or those named) and write what they print there. Times differ from run to run: best on a quiet machine.

A race without a verdict, for other programs kept the machine busy, is refused.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
INTRODUCTIONS = {
    "crawler": "A crawler against a local server that is made to be 50 ms away, there and back:",
    "matrices": "A multiplication of matrices in pure Python:",
}
CRAWLER = '''\
"""Fetch forty pages, one after the other."""

import sys
import urllib.request


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as response:
        return response.read()


def crawl(urls):
    pages = {}
    for url in urls:
        pages[url] = fetch(url)
    return pages


if __name__ == "__main__":
    pages = crawl([f"{sys.argv[1]}/{number}" for number in range(40)])
    print(sum(map(len, pages.values())))
'''
MATRICES = '''\
"""Multiply two matrices given as lists of lists."""


def make(rows, columns, seed):
    return [[(row * 31 + column * 17 + seed) % 23 - 11 for column in range(columns)] for row in range(rows)]


def multiply(a, b):
    result = []
    for row in a:
        out = []
        for column in range(len(b[0])):
            total = 0
            for k in range(len(b)):
                total += row[k] * b[k][column]
            out.append(total)
        result.append(out)
    return result


if __name__ == "__main__":
    product = multiply(make(280, 280, 1), make(280, 280, 2))
    print("trace", sum(product[i][i] for i in range(280)))
'''


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.path)))
        self.end_headers()
        self.wfile.write(self.path.encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class Server(ThreadingHTTPServer):
    request_queue_size = 64  # with fewer a crowd of connections would wait for a second try


def main() -> int:
    server = Server(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    samples = (("crawler", CRAWLER, 14, ["--latency", "50ms"], [address]), ("matrices", MATRICES, 10, [], []))
    for name, program, line, options, arguments in samples:
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        shown = race(name, program, line, options, arguments)
        print(shown)
        if "no verdict" in shown:
            print(f"{name}: no verdict, so README.md stays as it is there", file=sys.stderr)
            continue
        block = re.compile(rf"(?<=<!-- race {name}: begin -->\n).*?(?=<!-- race {name}: end -->)", re.DOTALL)
        text = README.read_text(encoding="utf-8")
        README.write_text(block.sub(lambda _, shown=shown: shown, text), encoding="utf-8")  # type: ignore[misc]
    return 0


def race(name: str, program: str, line: int, options: list[str], arguments: list[str]) -> str:
    """The command and what it prints, as a block of the README."""
    environment = {
        **os.environ,
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONPATH": str(ROOT),
    }
    words = ["race", f"{name}.py:{line}", *options, "--", f"{name}.py", *arguments]
    with tempfile.TemporaryDirectory() as elsewhere:
        environment["ADVISOR_CACHE"] = f"{elsewhere}/cache"
        folder = Path(elsewhere, "program")
        folder.mkdir()
        (folder / f"{name}.py").write_text(program, encoding="utf-8")
        ran = subprocess.run(
            [sys.executable, "-m", "advisor", *words], cwd=folder, env=environment, stdout=subprocess.PIPE,
            encoding="utf-8", check=True,
        )  # fmt: skip
    return f"{INTRODUCTIONS[name]}\n\n```console\n$ advisor {' '.join(words)}\n{ran.stdout.rstrip()}\n```\n"


if __name__ == "__main__":
    sys.exit(main())
