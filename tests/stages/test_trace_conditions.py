"""How often an effect happens and under what: code with a function `subject`, and what is known of its effects."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import pytest

from advisor.model.condition import Often, often
from advisor.model.summary import Proof
from advisor.pipeline import examine
from advisor.settings import Settings
from tests.running import PYTHON

Row = tuple[str, str | None, Often, str]  # effect, what a reader is told of when it happens, how often, code

ALL: list[Row] = [
    # ---- once in a process
    ("database", "only on the first call", Often.ONCE, """
        _client = None

        def subject():
            global _client
            if _client is None:
                _client = sqlite3.connect("a.db")
            return _client
        """),
    ("database", "only on the first call", Often.ONCE, """
        _client = None

        def subject():
            global _client
            if _client:
                return _client
            _client = sqlite3.connect("a.db")
            return _client
        """),
    ("database", "only on the first call", Often.ONCE, """
        _client = None
        _lock = threading.Lock()

        def subject():
            global _client
            if not _client:
                with _lock:
                    if not _client:
                        _client = sqlite3.connect("a.db")
            return _client
        """),
    ("database", "only on the first call", Often.ONCE, """
        class Store:
            _shared = None

            @classmethod
            def subject(cls):
                if cls._shared is None:
                    cls._shared = sqlite3.connect("a.db")
                return cls._shared
        """),
    ("network", "only on the first call", Often.ONCE, """
        @functools.lru_cache(maxsize=None)
        def load():
            return requests.get("http://a").text

        def subject(name):
            return load()[name]
        """),
    ("network", "only on the first call", Often.ONCE, """
        @cache
        def load(name):
            return requests.get(name).text

        def subject():
            return load("http://a")
        """),
    ("subprocess", "only on the first call", Often.ONCE, """
        class Server:
            running = False
            def start(self):
                if self.running:
                    return
                subprocess.run(["server"])
                self.running = True

        server = Server()

        def subject():
            if not API:
                server.start()
        """),
    ("network", "only on the first call", Often.ONCE, """
        ready = False

        def set_up():
            global ready
            requests.get("http://a")
            ready = True

        def subject():
            if not ready:
                set_up()
        """),
    ("network", "only on the first call", Often.ONCE, """
        _known = {}

        def subject():
            try:
                return _known["all"]
            except KeyError:
                _known["all"] = requests.get("http://a").text
                return _known["all"]
        """),
    ("network", "only on the first call", Often.ONCE, """
        _table = {}

        def subject(name):
            if not _table:
                _table["rows"] = requests.get("http://a").text
            return _table["rows"][name]
        """),
    ("subprocess", "only on the first call", Often.ONCE, """
        class Server:
            _instances = {}

            def __new__(cls, port=None):
                if port not in cls._instances:
                    cls._instances[port] = super().__new__(cls)
                return cls._instances[port]

            def __init__(self, port=None):
                if not hasattr(self, "running"):
                    self.running = False

            def start(self):
                if not self.running:
                    try:
                        self.running = True
                        subprocess.run(["server"])
                    except Exception:
                        self.running = False
                        raise

        def subject():
            from sys import path
            server = Server(path)
            server.start()
        """),
    # a once under an if stays once
    ("database", "only on the first call", Often.ONCE, """
        _client = None

        def client():
            global _client
            if _client is None:
                _client = sqlite3.connect("a.db")
            return _client

        def subject(wanted):
            if wanted:
                return client()
        """),
    # ---- once for an object
    ("database", "only on the first call for an object", Often.ONCE_AN_OBJECT, """
        class Store:
            def __init__(self):
                self._client = None

            def subject(self):
                if self._client is None:
                    self._client = sqlite3.connect("a.db")
                return self._client
        """),
    ("database", "only on the first call for an object", Often.ONCE_AN_OBJECT, """
        class Store:
            connected = False

            def connect(self):
                self.client = sqlite3.connect("a.db")
                self.connected = True

            def subject(self):
                if not self.connected:
                    self.connect()
        """),
    ("database", "only on the first call for an object", Often.ONCE_AN_OBJECT, """
        class Store:
            def subject(self):
                try:
                    return self._client
                except AttributeError:
                    self._client = sqlite3.connect("a.db")
                    return self._client
        """),
    ("database", "only on the first call for an object", Often.ONCE_AN_OBJECT, """
        class Store:
            def subject(self):
                if not hasattr(self, "client"):
                    self.client = sqlite3.connect("a.db")
        """),
    # a new object each time connects each time
    ("database", None, Often.EACH_TIME, """
        class Store:
            client = None
            def connect(self):
                if self.client is None:
                    self.client = sqlite3.connect("a.db")

        def subject():
            store = Store()
            store.connect()
        """),
    # ---- once for a key
    ("network", "only for what was not asked for before", Often.ONCE_A_KEY, """
        _known = {}

        def subject(url):
            if url not in _known:
                _known[url] = requests.get(url).text
            return _known[url]
        """),
    ("network", "only for what was not asked for before", Often.ONCE_A_KEY, """
        _known = {}

        def subject(url):
            found = _known.get(url)
            if found is not None:
                return found
            found = requests.get(url).text
            _known[url] = found
            return found
        """),
    ("network", "only for what was not asked for before", Often.ONCE_A_KEY, """
        _known = {}

        def subject(url):
            try:
                return _known[url]
            except KeyError:
                pass
            _known[url] = answer = requests.get(url).text
            return answer
        """),
    ("network", "only for what was not asked for before", Often.ONCE_A_KEY, """
        @functools.lru_cache
        def load(url):
            return requests.get(url).text

        def subject(url):
            return load(url + "/all")
        """),
    # ---- near-misses of a memory
    ("network", None, Often.EACH_TIME, """
        def subject(self, spent, x):
            if spent + x > 10:
                return None
            self.spent = spent + x
            return requests.get("http://a")
        """),
    ("network", None, Often.EACH_TIME, """
        class Walk:
            def subject(self, node):
                if node in self.seen:
                    return
                self.seen.add(node)
                requests.get(node)
        """),
    ("network", None, Often.EACH_TIME, """
        known = {}

        def subject(urls):
            for url in urls:
                if url in known:
                    continue
                known[url] = requests.get(url).text
        """),
    ("network", "only if `url not in seen`", Often.EACH_TIME, """
        seen = {}

        def subject(url):
            if url not in seen:
                seen[url] = True
                requests.get(url)
        """),
    ("network", "only if `self.checking`", Often.EACH_TIME, """
        class Walk:
            def subject(self):
                if self.checking:
                    self.answer = requests.get("http://a")
        """),
    ("network", None, Often.EACH_TIME, """
        class Walk:
            def subject(self):
                if self.running:
                    return
                self.running = True
                requests.get("http://a")
                self.running = False
        """),
    ("network", "only if `last is None or last < time.time()`", Often.EACH_TIME, """
        last = None

        def subject():
            global last
            if last is None or last < time.time():
                requests.get("http://a")
                last = time.time() + 60
        """),
    ("network", "only if `answer is None`", Often.EACH_TIME, """
        def subject(text):
            answer = find(text)
            if answer is None:
                answer = requests.get("http://a")
            return answer
        """),
    # ---- near-misses of what is done once: it is not surely filled, or somebody makes it forgotten
    ("database", "only if `_client is None`", Often.EACH_TIME, """
        _client = None

        def close():
            global _client
            _client = None

        def subject():
            global _client
            if _client is None:
                _client = sqlite3.connect("a.db")
            close()
        """),
    ("database", "only on the first call", Often.ONCE, """
        _client = None

        def close():
            global _client
            _client = None

        def subject():
            global _client
            if _client is None:
                _client = sqlite3.connect("a.db")
        """),
    ("network", "only if `_answer is None`", Often.EACH_TIME, """
        _answer = None

        def subject(url):
            global _answer
            if _answer is None:
                answer = requests.get(url)
                if answer.ok:
                    _answer = answer
        """),
    ("network", "only if `_answer is None`", Often.EACH_TIME, """
        _answer = None

        def look():
            found = requests.get("http://a")
            if found.ok:
                return found

        def subject():
            global _answer
            if _answer is None:
                _answer = look()
        """),
    ("network", "only if `_answer is None`", Often.EACH_TIME, """
        _answer = None

        def subject(urls):
            global _answer
            if _answer is None:
                for url in urls:
                    _answer = requests.get(url)
        """),
    ("network", "only on the first call", Often.ONCE, """
        _answer = None

        def look():
            try:
                return requests.get("http://a")
            except ValueError as failed:
                raise RuntimeError from failed

        def subject():
            global _answer
            if _answer is None:
                for _ in range(3):
                    _answer = look()
                    break
        """),
    ("network", "only if `key not in _rows`", Often.EACH_TIME, """
        _rows = {}

        def subject(key):
            if key not in _rows:
                for row in requests.get(key).links:
                    _rows[row.name] = row
        """),
    ("network", "only for what was not asked for before", Often.ONCE_A_KEY, """
        def subject(store):
            text = store.get("news")
            if text is None:
                text = requests.get("http://a").text
                store.set("news", text, 60)
            return text
        """),
    ("network", "only for what was not asked for before", Often.ONCE_A_KEY, """
        from cachetools import TTLCache

        _known = TTLCache(10, 60)

        def subject():
            if "news" not in _known:
                _known["news"] = requests.get("http://a").text
            return _known["news"]
        """),
    ("network", "only on the first call", Often.ONCE, """
        from cachetools import LRUCache, cached

        @cached(LRUCache(10))
        def load():
            return requests.get("http://a").text

        def subject():
            return load()
        """),
    ("network", "only for what was not asked for before", Often.ONCE_A_KEY, """
        from cachetools import TTLCache, cached

        @cached(TTLCache(10, 60))
        def load():
            return requests.get("http://a").text

        def subject():
            return load()
        """),
    ("network", "only for what was not asked for before", Often.ONCE_A_KEY, """
        from flask_caching import cached

        @cached(timeout=60)
        def load():
            return requests.get("http://a").text

        def subject():
            return load()
        """),
    ("network", None, Often.EACH_TIME, """
        @functools.cache
        def load():
            return requests.get("http://a").text

        def subject():
            load.cache_clear()
            return load()
        """),
    ("database", None, Often.EACH_TIME, """
        class Store:
            client = None
            def open(self):
                return self
            def connect(self):
                if self.client is None:
                    self.client = sqlite3.connect("a.db")

        def subject():
            Store().open().connect()
        """),
    ("database", None, Often.EACH_TIME, """
        class Store:
            client = None
            def connect(self):
                if self.client is None:
                    self.client = sqlite3.connect("a.db")

        class Service:
            def subject(self):
                self.store = Store()
                self.store.connect()
        """),
    ("database", "only on the first call for an object", Often.ONCE_AN_OBJECT, """
        class Store:
            client = None
            def connect(self):
                if self.client is None:
                    self.client = sqlite3.connect("a.db")

        class Service:
            def __init__(self):
                self.store = Store()
            def subject(self):
                self.store.connect()
        """),
    # the key is another one than it seems
    ("network", "only for what was not asked for before", Often.ONCE_A_KEY, """
        @functools.cache
        def load(url):
            return requests.get(url).text

        def subject(url, home):
            where = url
            if home:
                where = "http://a"
            return load(where)
        """),
    ("network", "only for what was not asked for before", Often.ONCE_A_KEY, """
        @functools.cache
        def load(url):
            return requests.get(url).text

        def subject():
            return load(f"http://a/{time.time()}")
        """),
    ("network", "only for what was not asked for before", Often.ONCE_A_KEY, """
        @functools.cache
        def load(url):
            return requests.get(url).text

        def around(url):
            def subject():
                return load(url)
            return subject
        """),
    # ---- parameters
    ("database", "only if `commit`", Often.EACH_TIME, """
        def subject(db: sqlite3.Connection, name, commit=True):
            if commit:
                db.commit()
        """),
    ("database", "only if `commit`", Often.EACH_TIME, """
        def grant(db: sqlite3.Connection, name, commit=True):
            if commit:
                db.commit()

        def subject(db: sqlite3.Connection, name, later):
            grant(db, name, later)
        """),
    ("database", None, Often.EACH_TIME, """
        def grant(db: sqlite3.Connection, name, commit=True):
            if commit:
                db.commit()

        def subject(db: sqlite3.Connection, name):
            grant(db, name)
        """),
    ("database", None, Often.EACH_TIME, """
        def grant(db: sqlite3.Connection, name, mode="all"):
            if mode == "all":
                db.commit()

        def subject(db: sqlite3.Connection, name):
            grant(db, name, mode="all")
        """),
    ("network", None, Often.EACH_TIME, """
        def fetch(url, dry_run=False):
            if dry_run:
                return None
            return requests.get(url)

        def subject(url):
            fetch(url)
        """),
    ("sleep", None, Often.EACH_TIME, """
        def fetch(url, wait=None):
            if wait is not None:
                time.sleep(2)

        def subject(url):
            fetch(url, wait=[1])
        """),
    # ---- near-misses of what arguments decide
    ("database", "only if `commit`", Often.EACH_TIME, """
        def grant(db: sqlite3.Connection, names, commit=False):
            for name in names:
                if commit:
                    db.commit()
                commit = True

        def subject(db: sqlite3.Connection):
            grant(db, ["a", "b"], commit=False)
        """),
    ("database", "only if `commit`", Often.EACH_TIME, """
        def grant(db: sqlite3.Connection, commit):
            if commit:
                db.commit()

        def subject(db: sqlite3.Connection, later, commit=True):
            if later:
                commit = False
            grant(db, commit)
        """),
    ("database", "only if `count == 1`", Often.EACH_TIME, """
        def grant(db: sqlite3.Connection, count):
            if count == 1:
                db.commit()

        def subject(db: sqlite3.Connection):
            grant(db, True)
        """),
    # ---- failures, settings, single items
    ("network", "only if `not X`", Often.EACH_TIME, """
        def subject(X):
            if not X:
                requests.post("http://a")
        """),
    ("network", "only if `key == 'admin'`", Often.EACH_TIME, """
        def subject(keys):
            for key in keys.split():
                if key == "admin":
                    requests.post("http://a", key)
        """),
    ("network", None, Often.EACH_TIME, """
        def subject(text):
            try:
                return requests.post("http://a", text)
            except ValueError:
                return None
        """),
    ("network", "only if `not text`", Often.EACH_TIME, """
        def subject():
            text = find()
            if not text:
                requests.post("http://a")
        """),
    ("network", "only after a failure", Often.EACH_TIME, """
        def subject(text):
            try:
                return int(text)
            except ValueError:
                requests.post("http://a", text)
        """),
    ("network", "only after a failure", Often.EACH_TIME, """
        def subject(text):
            if len(text) > 3:
                requests.post("http://a", text)
                raise ValueError(text)
        """),
    ("network", "only if `not API`, which is a setting", Often.EACH_TIME, """
        def subject(text):
            if not API:
                requests.post("http://a", text)
        """),
    ("network", "only for the item with `key == 'admin'`", Often.EACH_TIME, """
        def subject(table):
            for key, value in table.items():
                if key == "admin":
                    requests.post("http://a", value)
        """),
    ("network", "only if `key == 'admin'`", Often.EACH_TIME, """
        def subject(table):
            for key, value in table.items():
                if key == "admin":
                    requests.post("http://a", value)
                elif key == "user":
                    requests.post("http://b", value)
        """),
    # ---- coroutines and callbacks
    ("sleep", None, Often.EACH_TIME, """
        async def slow():
            time.sleep(1)

        def wait_up():
            return slow()

        async def subject():
            await wait_up()
        """),
    ("network", "only for some callers", Often.EACH_TIME, """
        def subject(call):
            return call()

        def one():
            return subject(lambda: requests.get("http://a"))

        def two():
            return subject(lambda: 1)
        """),
    ("network", None, Often.EACH_TIME, """
        def retry(call):
            return call()

        def other():
            return retry(lambda: subprocess.run(["a"]))

        def subject():
            return retry(lambda: requests.get("http://a"))
        """),
]  # fmt: skip

NOTHING: list[tuple[str, str]] = [
    ("commit=False", """
        def grant(db: sqlite3.Connection, name, commit=True):
            if commit:
                db.commit()

        def subject(db: sqlite3.Connection, name):
            grant(db, name, commit=False)
        """),
    ("positional, through a function that passes it on", """
        def commit_if(db: sqlite3.Connection, commit):
            if not commit:
                return
            db.commit()

        def grant(db: sqlite3.Connection, name, commit=True):
            commit_if(db, commit)

        def subject(db: sqlite3.Connection, name):
            grant(db, name, False)
        """),
    ("the default, which is another constant", """
        def grant(db: sqlite3.Connection, name, mode="none"):
            if mode == "all":
                db.commit()

        def subject(db: sqlite3.Connection, name):
            grant(db, name)
        """),
    ("a coroutine that is only made", """
        async def slow():
            time.sleep(1)

        def wait_up():
            return slow()

        def subject():
            return [wait_up(), wait_up()]
        """.replace("return [wait_up(), wait_up()]", "keep = [wait_up(), wait_up()]")),
    ("the callback of another caller", """
        def retry(call):
            return call()

        def other():
            return retry(lambda: requests.get("http://a"))

        def subject():
            return retry(lambda: 1)
        """),
]  # fmt: skip

_HEAD = "import functools, sqlite3, subprocess, threading, time\nfrom functools import cache\nimport requests\n\nAPI = None\n"


@cache
def _proofs() -> dict[str, tuple[Proof, ...]]:
    """The proofs of each file's `subject`, those of first runs included, by file name."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        texts = [text for *_, text in ALL] + [text for _, text in NOTHING]
        for number, text in enumerate(texts):
            (folder / f"case_{number}.py").write_text(_HEAD + dedent(text), encoding="utf-8")
        settings = Settings(all=True, project=folder, target_python=PYTHON, cores=4, jobs=1)
        seen = examine((folder,), settings)
        subjects = [i for i in seen.program.functions.values() if i.name.rpartition(".")[2] == "subject"]
        summaries = {info.path: seen.summaries.function(info.id) for info in subjects}
    return {path: (*summary.proofs, *summary.once) for path, summary in summaries.items()}


@pytest.mark.parametrize("number", range(len(ALL)))
def test_an_effect_says_how_often_and_under_what(number: int) -> None:
    effect, condition, frequency, _ = ALL[number]
    proofs = _proofs()[f"case_{number}.py"]
    assert [(p.effect.value, p.condition, often(p.memory)) for p in proofs] == [(effect, condition, frequency)]


@pytest.mark.parametrize("number", range(len(NOTHING)), ids=[name for name, _ in NOTHING])
def test_what_a_call_rules_out_is_no_effect(number: int) -> None:
    assert _proofs()[f"case_{len(ALL) + number}.py"] == ()
