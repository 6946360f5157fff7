"""What `measure_gil.py` runs: for each call of the catalog some work that takes long enough to be timed."""

from __future__ import annotations

from typing import NamedTuple

from gil_library_snippets import DATA, LIBRARIES, TEXT, XML


class Snippet(NamedTuple):
    """`call` is what is timed, after `setup` has run once in each thread's own namespace."""

    api: str
    setup: str
    call: str


_ZIP = "z = zipfile.ZipFile(file, 'w', zipfile.ZIP_DEFLATED); z.writestr('a', data); z.close()"
_UNZIP = "zipfile.ZipFile(file).read('a')"
_RECORDS = "rows = [{'id': i, 'name': f'name {i}', 'price': i / 7, 'tags': ['a', 'b']} for i in range(4_000)]"
_SOURCE = "source = '\\n'.join(f'def f{i}(a, b=1):\\n    return [a + b * {i} for a in range(b)]' for i in range(800))"
_ROWS = "import io; table = ''.join(f'{i},name {i},{i / 7}\\n' for i in range(20_000))"

STANDARD = (
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
    Snippet("zlib.compress", f"import zlib; {DATA}", "zlib.compress(data)"),
    Snippet("zlib.decompress", f"import zlib; {DATA}; packed = zlib.compress(data)", "zlib.decompress(packed)"),
    Snippet("zlib.Compress.compress", f"import zlib; {DATA}; c = zlib.compressobj()", "c.compress(data)"),
    Snippet(
        "zlib.Decompress.decompress",
        f"import zlib; {DATA}; packed = zlib.compress(data)",
        "zlib.decompressobj().decompress(packed)",
    ),
    Snippet("zlib.crc32", "import zlib; data = b'x' * 1_000", "zlib.crc32(data)"),
    Snippet("gzip.compress", f"import gzip; {DATA}", "gzip.compress(data)"),
    Snippet("gzip.decompress", f"import gzip; {DATA}; packed = gzip.compress(data)", "gzip.decompress(packed)"),
    Snippet(
        "gzip.GzipFile.read",
        f"import gzip, io; {DATA}; packed = gzip.compress(data * 8)",
        "gzip.GzipFile(fileobj=io.BytesIO(packed)).read()",
    ),
    Snippet(
        "gzip.GzipFile.write",
        f"import gzip, io; {DATA}; file = gzip.GzipFile(fileobj=io.BytesIO(), mode='wb')",
        "file.write(data)",
    ),
    Snippet(
        "gzip.GzipFile.readline",
        f"import gzip, io; {DATA}; packed = gzip.compress(data.replace(b';', b'\\n'))",
        "f = gzip.GzipFile(fileobj=io.BytesIO(packed))\nwhile f.readline(): pass",
    ),
    Snippet("bz2.compress", f"import bz2; {DATA}", "bz2.compress(data)"),
    Snippet("bz2.decompress", f"import bz2; {DATA}; packed = bz2.compress(data)", "bz2.decompress(packed)"),
    Snippet(
        "bz2.BZ2File.read",
        f"import bz2, io; {DATA}; packed = bz2.compress(data)",
        "bz2.BZ2File(io.BytesIO(packed)).read()",
    ),
    Snippet("bz2.BZ2File.write", f"import bz2, io; {DATA}; file = bz2.BZ2File(io.BytesIO(), 'w')", "file.write(data)"),
    Snippet("lzma.compress", f"import lzma; {DATA}", "lzma.compress(data[:200_000])"),
    Snippet("lzma.decompress", f"import lzma; {DATA}; packed = lzma.compress(data)", "lzma.decompress(packed)"),
    Snippet(
        "lzma.LZMAFile.read",
        f"import lzma, io; {DATA}; packed = lzma.compress(data)",
        "lzma.LZMAFile(io.BytesIO(packed)).read()",
    ),
    Snippet("zipfile.ZipFile.read", f"import zipfile, io; {DATA}; file = io.BytesIO(); {_ZIP}", _UNZIP),
    Snippet("zipfile.ZipFile.writestr", f"import zipfile, io; {DATA}; file = io.BytesIO()", _ZIP),
    Snippet(
        "tarfile.TarFile.addfile",
        f"import tarfile, io; {DATA}; info = tarfile.TarInfo('a'); info.size = len(data)",
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
        "xml.etree.ElementTree.fromstring", f"from xml.etree import ElementTree; {XML}", "ElementTree.fromstring(doc)"
    ),
    Snippet(
        "xml.etree.ElementTree.tostring",
        f"from xml.etree import ElementTree; {XML}; tree = ElementTree.fromstring(doc)",
        "ElementTree.tostring(tree)",
    ),
    Snippet("xml.dom.minidom.parseString", f"from xml.dom import minidom; {XML}", "minidom.parseString(doc)"),
    Snippet("html.parser.HTMLParser.feed", f"from html.parser import HTMLParser; {XML}", "HTMLParser().feed(doc)"),
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
    Snippet("re.findall", f"import re; {TEXT}", "re.findall(r'\\d+;', text)"),
    Snippet("re.sub", f"import re; {TEXT}", "re.sub(r'word(\\d)', r'w\\1', text)"),
    Snippet("re.search", f"import re; {TEXT}", "re.search(r'word\\d+x', text)"),
    Snippet("re.split", f"import re; {TEXT}", "re.split(r'[; ]+', text)"),
    Snippet("textwrap.wrap", f"import textwrap; {TEXT}", "textwrap.wrap(text[:60_000])"),
    Snippet(
        "unicodedata.normalize", "import unicodedata; text = 'é½ﬁ' * 200_000", "unicodedata.normalize('NFKD', text)"
    ),
    Snippet(
        "difflib.SequenceMatcher.ratio",
        f"import difflib; {TEXT}",
        "difflib.SequenceMatcher(None, text[:900], text[500:1_400]).ratio()",
    ),
    # numbers and containers
    Snippet("builtins.sorted", "import random; numbers = [random.random() for _ in range(100_000)]", "sorted(numbers)"),
    Snippet("builtins.sum", "numbers = list(range(1_000_000))", "sum(numbers)"),
    Snippet("collections.Counter", f"import collections; {TEXT}; words = text.split()", "collections.Counter(words)"),
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
    Snippet("lxml.etree.fromstring", f"from lxml import etree; {XML}", "etree.fromstring(doc)"),
    Snippet("brotli.compress", f"import brotli; {DATA}", "brotli.compress(data, quality=5)"),
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

TABLE = (
    *STANDARD,
    *(Snippet(api, setup, call) for setup, calls in LIBRARIES for api, call in calls.items()),
)
