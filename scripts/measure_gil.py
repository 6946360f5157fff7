"""Does native code let go of the GIL? Measure it here, and compare with what `rules/effects/` says.

    python scripts/measure_gil.py                 the whole table, about a minute
    python scripts/measure_gil.py zlib hashlib    only names that begin so

Two threads do the same work side by side, each on data of its own; then one thread does it twice. Where two
threads finish clearly sooner the GIL is free during the call. Prints what disagrees with the catalog, and exits
with 1 if anything does. A busy machine hides speed-ups, so a measurement counts only while two cores are free.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import yaml

from advisor.model.catalog import Catalog, CatalogFile
from advisor.model.effect import Effect

EFFECTS = Path(__file__).resolve().parents[1] / "rules" / "effects"
RELEASED_ABOVE = 1.4
HELD_BELOW = 1.25
OVERLAPS_ABOVE = 1.15
FREE_ABOVE = 1.6
ROUNDS = 3
ATTEMPTS = 8
SECONDS_A_RUN = 0.05


class Snippet(NamedTuple):
    """`call` is what is timed, after `setup` has run once in each thread's own namespace."""

    api: str
    setup: str
    call: str


class Measured(NamedTuple):
    """`speedup`: time of doing it twice in turn over time of two threads, which kept `cores` cores busy."""

    speedup: float
    cores: float


class Result(NamedTuple):
    """What the catalog says (None: nothing) and what was seen (None, with the `trouble`: it could not be run)."""

    snippet: Snippet
    effect: Effect | None
    seen: Measured | None
    trouble: str


_TEXT = "text = ' '.join(f'word{i % 997} {i * 7919 % 10007};' for i in range(60_000))"
_DATA = f"{_TEXT}; data = text.encode()"
_ZIP = "z = zipfile.ZipFile(file, 'w', zipfile.ZIP_DEFLATED); z.writestr('a', data); z.close()"
_UNZIP = "zipfile.ZipFile(file).read('a')"
_RECORDS = "rows = [{'id': i, 'name': f'name {i}', 'price': i / 7, 'tags': ['a', 'b']} for i in range(4_000)]"
_XML = "doc = '<r>' + ''.join(f'<i n=\"{i}\"><t>text {i}</t></i>' for i in range(8_000)) + '</r>'"
_SOURCE = "source = '\\n'.join(f'def f{i}(a, b=1):\\n    return [a + b * {i} for a in range(b)]' for i in range(800))"
_ROWS = "import io; table = ''.join(f'{i},name {i},{i / 7}\\n' for i in range(20_000))"

TABLE = (
    # digests
    Snippet("hashlib.sha256", "import hashlib; data = b'x' * 1_000", "hashlib.sha256(data)"),
    Snippet("hashlib.md5", "import hashlib; data = b'x' * 1_000", "hashlib.md5(data)"),
    Snippet("hashlib.blake2b", "import hashlib; data = b'x' * 1_000", "hashlib.blake2b(data)"),
    Snippet("_hashlib.HASH.update", "import hashlib; h = hashlib.sha256(); data = bytes(1 << 20)", "h.update(data)"),
    Snippet("hashlib.pbkdf2_hmac", "import hashlib", "hashlib.pbkdf2_hmac('sha256', b'key', b'salt', 20_000)"),
    Snippet("hashlib.scrypt", "import hashlib", "hashlib.scrypt(b'key', salt=b'salt', n=4096, r=8, p=1)"),
    Snippet(
        "hashlib.file_digest",
        "import hashlib, io; file = io.BytesIO(bytes(8 << 20))",
        "file.seek(0); hashlib.file_digest(file, 'sha256')",
    ),
    Snippet("hmac.digest", "import hmac; data = b'x' * 1_000", "hmac.digest(b'key', data, 'sha256')"),
    Snippet(
        "hmac.HMAC.update",
        "import hmac; h = hmac.new(b'key', digestmod='sha256'); data = bytes(1 << 20)",
        "h.update(data)",
    ),
    # compression and checksums
    Snippet("zlib.compress", f"import zlib; {_DATA}", "zlib.compress(data)"),
    Snippet("zlib.decompress", f"import zlib; {_DATA}; packed = zlib.compress(data)", "zlib.decompress(packed)"),
    Snippet("zlib.Compress.compress", f"import zlib; {_DATA}; c = zlib.compressobj()", "c.compress(data)"),
    Snippet(
        "zlib.Decompress.decompress",
        f"import zlib; {_DATA}; packed = zlib.compress(data)",
        "zlib.decompressobj().decompress(packed)",
    ),
    Snippet("zlib.crc32", "import zlib; data = b'x' * 1_000", "zlib.crc32(data)"),
    Snippet("gzip.compress", f"import gzip; {_DATA}", "gzip.compress(data)"),
    Snippet("gzip.decompress", f"import gzip; {_DATA}; packed = gzip.compress(data)", "gzip.decompress(packed)"),
    Snippet(
        "gzip.GzipFile.read",
        f"import gzip, io; {_DATA}; packed = gzip.compress(data * 8)",
        "gzip.GzipFile(fileobj=io.BytesIO(packed)).read()",
    ),
    Snippet(
        "gzip.GzipFile.write",
        f"import gzip, io; {_DATA}; file = gzip.GzipFile(fileobj=io.BytesIO(), mode='wb')",
        "file.write(data)",
    ),
    Snippet(
        "gzip.GzipFile.readline",
        f"import gzip, io; {_DATA}; packed = gzip.compress(data.replace(b';', b'\\n'))",
        "f = gzip.GzipFile(fileobj=io.BytesIO(packed))\nwhile f.readline(): pass",
    ),
    Snippet("bz2.compress", f"import bz2; {_DATA}", "bz2.compress(data)"),
    Snippet("bz2.decompress", f"import bz2; {_DATA}; packed = bz2.compress(data)", "bz2.decompress(packed)"),
    Snippet(
        "bz2.BZ2File.read",
        f"import bz2, io; {_DATA}; packed = bz2.compress(data)",
        "bz2.BZ2File(io.BytesIO(packed)).read()",
    ),
    Snippet("bz2.BZ2File.write", f"import bz2, io; {_DATA}; file = bz2.BZ2File(io.BytesIO(), 'w')", "file.write(data)"),
    Snippet("lzma.compress", f"import lzma; {_DATA}", "lzma.compress(data[:200_000])"),
    Snippet("lzma.decompress", f"import lzma; {_DATA}; packed = lzma.compress(data)", "lzma.decompress(packed)"),
    Snippet(
        "lzma.LZMAFile.read",
        f"import lzma, io; {_DATA}; packed = lzma.compress(data)",
        "lzma.LZMAFile(io.BytesIO(packed)).read()",
    ),
    Snippet("zipfile.ZipFile.read", f"import zipfile, io; {_DATA}; file = io.BytesIO(); {_ZIP}", _UNZIP),
    Snippet("zipfile.ZipFile.writestr", f"import zipfile, io; {_DATA}; file = io.BytesIO()", _ZIP),
    Snippet(
        "tarfile.TarFile.addfile",
        f"import tarfile, io; {_DATA}; info = tarfile.TarInfo('a'); info.size = len(data)",
        "tarfile.open(fileobj=io.BytesIO(), mode='w:gz').addfile(info, io.BytesIO(data))",
    ),
    # text forms of bytes
    Snippet("base64.b64encode", "import base64; data = bytes(4 << 20)", "base64.b64encode(data)"),
    Snippet("base64.b32encode", "import base64; data = bytes(100_000)", "base64.b32encode(data)"),
    Snippet("binascii.hexlify", "import binascii; data = bytes(4 << 20)", "binascii.hexlify(data)"),
    # parsing and serialising
    Snippet("json.loads", f"import json; {_RECORDS}; text = json.dumps(rows)", "json.loads(text)"),
    Snippet("json.dumps", f"import json; {_RECORDS}", "json.dumps(rows)"),
    Snippet("pickle.dumps", f"import pickle; {_RECORDS}", "pickle.dumps(rows)"),
    Snippet("pickle.loads", f"import pickle; {_RECORDS}; data = pickle.dumps(rows)", "pickle.loads(data)"),
    Snippet("marshal.dumps", f"import marshal; {_RECORDS}", "marshal.dumps(rows)"),
    Snippet("copy.deepcopy", f"import copy; {_RECORDS}", "copy.deepcopy(rows)"),
    Snippet(
        "_csv.Writer.writerows",
        f"import csv; {_ROWS}; rows = list(csv.reader(io.StringIO(table)))",
        "csv.writer(io.StringIO()).writerows(rows)",
    ),
    Snippet("ast.parse", f"import ast; {_SOURCE}", "ast.parse(source)"),
    Snippet("ast.unparse", f"import ast; {_SOURCE}; tree = ast.parse(source)", "ast.unparse(tree)"),
    Snippet("builtins.compile", _SOURCE, "compile(source, 'x', 'exec')"),
    Snippet(
        "xml.etree.ElementTree.fromstring", f"from xml.etree import ElementTree; {_XML}", "ElementTree.fromstring(doc)"
    ),
    Snippet(
        "xml.etree.ElementTree.tostring",
        f"from xml.etree import ElementTree; {_XML}; tree = ElementTree.fromstring(doc)",
        "ElementTree.tostring(tree)",
    ),
    Snippet("xml.dom.minidom.parseString", f"from xml.dom import minidom; {_XML}", "minidom.parseString(doc)"),
    Snippet("html.parser.HTMLParser.feed", f"from html.parser import HTMLParser; {_XML}", "HTMLParser().feed(doc)"),
    Snippet(
        "tomllib.loads",
        "import tomllib; text = '\\n'.join(f'k{i} = [1, 2, {i}]' for i in range(2_000))",
        "tomllib.loads(text)",
    ),
    Snippet(
        "configparser.RawConfigParser.read_string",
        "import configparser; text = '[s]\\n' + ''.join(f'k{i} = v\\n' for i in range(3_000))",
        "configparser.ConfigParser().read_string(text)",
    ),
    Snippet(
        "plistlib.loads",
        "import plistlib; data = plistlib.dumps({f'k{i}': i for i in range(3_000)})",
        "plistlib.loads(data)",
    ),
    Snippet(
        "email.message_from_string",
        "import email; text = 'From: a@b\\nSubject: c\\n\\nbody\\n'",
        "email.message_from_string(text)",
    ),
    Snippet(
        "datetime.datetime.strptime",
        "from datetime import datetime",
        "datetime.strptime('2024-05-06 07:08:09', '%Y-%m-%d %H:%M:%S')",
    ),
    # text
    Snippet("re.findall", f"import re; {_TEXT}", "re.findall(r'\\d+;', text)"),
    Snippet("re.sub", f"import re; {_TEXT}", "re.sub(r'word(\\d)', r'w\\1', text)"),
    Snippet("re.search", f"import re; {_TEXT}", "re.search(r'word\\d+x', text)"),
    Snippet("re.split", f"import re; {_TEXT}", "re.split(r'[; ]+', text)"),
    Snippet("textwrap.wrap", f"import textwrap; {_TEXT}", "textwrap.wrap(text[:60_000])"),
    Snippet(
        "unicodedata.normalize", "import unicodedata; text = 'é½ﬁ' * 200_000", "unicodedata.normalize('NFKD', text)"
    ),
    Snippet(
        "difflib.SequenceMatcher.ratio",
        f"import difflib; {_TEXT}",
        "difflib.SequenceMatcher(None, text[:900], text[500:1_400]).ratio()",
    ),
    # numbers and containers
    Snippet("builtins.sorted", "import random; numbers = [random.random() for _ in range(100_000)]", "sorted(numbers)"),
    Snippet("builtins.sum", "numbers = list(range(1_000_000))", "sum(numbers)"),
    Snippet("collections.Counter", f"import collections; {_TEXT}; words = text.split()", "collections.Counter(words)"),
    Snippet(
        "statistics.stdev", "import statistics; numbers = [i / 7 for i in range(20_000)]", "statistics.stdev(numbers)"
    ),
    Snippet("math.factorial", "import math", "math.factorial(5_000)"),
    Snippet(
        "decimal.Decimal.sqrt", "import decimal; d = decimal.Decimal(2); c = decimal.Context(prec=20_000)", "d.sqrt(c)"
    ),
    Snippet("random.shuffle", "import random; numbers = list(range(50_000))", "random.shuffle(numbers)"),
    Snippet(
        "functools.reduce",
        "import functools, operator; numbers = list(range(200_000))",
        "functools.reduce(operator.add, numbers)",
    ),
    # libraries that may be installed
    Snippet("numpy.sort", "import numpy; a = numpy.random.default_rng(1).random(300_000)", "numpy.sort(a)"),
    Snippet("numpy.sin", "import numpy; a = numpy.linspace(0, 9, 500_000)", "numpy.sin(a)"),
    Snippet("numpy.fft.fft", "import numpy; a = numpy.linspace(0, 9, 1 << 18)", "numpy.fft.fft(a)"),
    Snippet(
        "numpy.unique", "import numpy; a = numpy.random.default_rng(1).integers(0, 99, 300_000)", "numpy.unique(a)"
    ),
    Snippet("orjson.loads", f"import orjson; {_RECORDS}; data = orjson.dumps(rows)", "orjson.loads(data)"),
    Snippet(
        "yaml.safe_load", "import yaml; text = '\\n'.join(f'- {{a: {i}}}' for i in range(300))", "yaml.safe_load(text)"
    ),
    Snippet("msgpack.packb", f"import msgpack; {_RECORDS}", "msgpack.packb(rows)"),
    Snippet("lxml.etree.fromstring", f"from lxml import etree; {_XML}", "etree.fromstring(doc)"),
    Snippet("brotli.compress", f"import brotli; {_DATA}", "brotli.compress(data, quality=5)"),
    Snippet("bcrypt.hashpw", "import bcrypt; salt = bcrypt.gensalt(6)", "bcrypt.hashpw(b'secret', salt)"),
    Snippet(
        "PIL.Image.Image.resize",
        "from PIL import Image; picture = Image.new('RGB', (1_200, 900))",
        "picture.resize((400, 300), Image.LANCZOS)",
    ),
    Snippet(
        "jinja2.Template.render",
        "import jinja2; t = jinja2.Template('{% for i in n %}{{ i }} {% endfor %}')",
        "t.render(n=range(5_000))",
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("prefix", nargs="*", help="measure only names that begin so")
    parser.add_argument("--all", action="store_true", help="print every result, not only disagreements")
    options = parser.parse_args()
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        print("this interpreter runs without a GIL: there is nothing to measure", file=sys.stderr)
        return 2
    if (os.cpu_count() or 1) < 2:
        print("this machine has one core: two threads cannot be faster than one", file=sys.stderr)
        return 2
    catalog = load_catalog(EFFECTS)
    chosen = [s for s in TABLE if not options.prefix or s.api.startswith(tuple(options.prefix))]
    results = [examine(snippet, catalog) for snippet in chosen]
    wrong = [r for r in results if disagrees(r)]
    for result in results if options.all else wrong:
        print(line(result))
    measured = sum(r.seen is not None and r.effect is not None for r in results)
    unknown = [r.snippet.api for r in results if r.seen is not None and r.effect is None]
    skipped = Counter(r.trouble for r in results if r.seen is None)
    print(f"{measured} compared with the catalog, {len(wrong)} disagree")
    if unclear := [r.snippet.api for r in results if hidden(r)]:
        print(f"without the GIL as claimed, but hardly faster here: {', '.join(unclear)}")
    if unknown:
        print(f"not in the catalog: {', '.join(unknown)}")
    for trouble, times in skipped.items():
        print(f"{times} not measured: {trouble}")
    return 1 if wrong else 0


def load_catalog(folder: Path) -> Catalog:
    """All effect files of `folder`, validated."""
    paths = sorted(folder.glob("*.yml"))
    loaded = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths)
    return Catalog(tuple(CatalogFile.model_validate(content) for content in loaded))


def examine(snippet: Snippet, catalog: Catalog) -> Result:
    """One snippet, measured and laid beside its catalog entry."""
    known = catalog.call(snippet.api)
    effect = known[1].effect if known else None
    try:
        seen = measure_undisturbed(snippet)
    except (ImportError, TimeoutError) as error:
        return Result(snippet, effect, None, str(error))
    except Exception as error:  # noqa: BLE001  a snippet runs other people's code
        return Result(snippet, effect, None, f"{type(error).__name__}: {error}")
    return Result(snippet, effect, seen, "")


def measure_undisturbed(snippet: Snippet) -> Measured:
    """`measure` while two cores were free, just before and just after. Raises TimeoutError if they never were."""
    for _ in range(ATTEMPTS):
        if two_cores_free():
            seen = measure(snippet)
            if seen.speedup > RELEASED_ABOVE or two_cores_free():
                return seen
        time.sleep(0.3)
    raise TimeoutError("the machine is too busy")


def two_cores_free() -> bool:
    """Do two threads of a call that is documented to release the GIL get a core each at this moment?"""
    control = partial(hashlib.pbkdf2_hmac, "sha256", b"key", b"salt")
    return cores_busy([control, control], 40_000)[1] > FREE_ABOVE


def measure(snippet: Snippet) -> Measured:
    """The best of some rounds, as other programs can only slow us down."""
    workers = [prepare(snippet), prepare(snippet)]
    times = calls_for(workers[0], SECONDS_A_RUN)
    workers[1](1)  # the second namespace is warm too
    alone = min(clock(lambda: [work(times) for work in workers]) for _ in range(ROUNDS))
    together = [cores_busy(workers, times) for _ in range(ROUNDS)]
    return Measured(alone / min(together)[0], max(cores for _, cores in together))


def cores_busy(workers: Sequence[Callable[[int], object]], times: int) -> tuple[float, float]:
    """Seconds the workers take side by side, and how many cores they used in that time."""
    computed = time.process_time()
    seconds = clock(lambda: side_by_side(workers, times))
    return seconds, (time.process_time() - computed) / seconds


def prepare(snippet: Snippet) -> Callable[[int], None]:
    """A function that runs the call so many times, in a namespace of its own."""
    namespace: dict[str, object] = {}
    body = "\n".join(f"        {part}" for part in snippet.call.splitlines())
    exec(snippet.setup, namespace)
    exec(f"def work(times):\n    for _ in range(times):\n{body}\n", namespace)
    work = namespace["work"]
    assert callable(work)
    return work


def calls_for(work: Callable[[int], None], seconds: float) -> int:
    """How many calls fill about `seconds`."""
    work(1)
    times, spent = 1, clock(partial(work, 1))
    while spent < seconds / 4:
        times *= 4
        spent = clock(partial(work, times))
    return max(1, round(times * seconds / spent))


def clock(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def side_by_side(workers: Sequence[Callable[[int], object]], times: int) -> None:
    threads = [threading.Thread(target=work, args=(times,)) for work in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def disagrees(result: Result) -> bool:
    """Does the measurement contradict the catalog? Entries whose effect is not computing claim nothing here."""
    if result.seen is None:
        return False
    if result.effect is Effect.CPU_NATIVE_NOGIL:
        return result.seen.speedup <= RELEASED_ABOVE and result.seen.cores <= OVERLAPS_ABOVE
    if result.effect in (Effect.CPU_NATIVE, Effect.CPU_PYTHON):
        return result.seen.speedup >= HELD_BELOW
    return False


def hidden(result: Result) -> bool:
    """The threads did compute at the same time, as claimed, but gained little: both wait for memory, perhaps."""
    claimed = result.effect is Effect.CPU_NATIVE_NOGIL and result.seen is not None and not disagrees(result)
    return claimed and result.seen is not None and result.seen.speedup <= RELEASED_ABOVE


def line(result: Result) -> str:
    said = result.effect.value if result.effect else "not in the catalog"
    if result.seen is None:
        return f"{result.snippet.api:<44} {said:<18} {result.trouble}"
    return f"{result.snippet.api:<44} {said:<18} {result.seen.speedup:.2f}x faster on {result.seen.cores:.2f} cores"


if __name__ == "__main__":
    sys.exit(main())
