"""What of a site each iteration does and what only the first one, hits beside near-misses: a function `work`."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.linking import linked

HEAD = "import asyncio, functools\nimport requests\n"

ONCE = """
    _client = None

    def client():
        global _client
        if _client is None:
            _client = requests.get("http://a")
        return _client

    def close():
        global _client
        _client = None

    class Store:
        def __init__(self, url):
            self.url = url
            self.rows = None

        def load(self):
            if self.rows is None:
                self.rows = requests.get(self.url)
            return self.rows

        def forget(self):
            self.rows = None

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.forget()

    @functools.cache
    def page(url):
        return requests.get(url)
"""

# The code, and whether the iterations wait for the network ("each"), only the first one ("once"), or none ("none").
ROWS = [
    # ---- once a process
    ("once", """
        def work(names):
            for name in names:
                client().find(name)
        """),
    ("each", """
        def work(names):
            for name in names:
                client().find(name)
                close()
        """),
    ("each", """
        def use(name):
            try:
                client().find(name)
            finally:
                close()

        def work(names):
            for name in names:
                use(name)
        """),
    ("once", """
        def work(names):
            for name in names:
                client().find(name)
            close()
        """),
    # ---- once an object
    ("once", """
        def work(names, store: Store):
            for name in names:
                store.load().find(name)
        """),
    ("each", """
        def work(names, store: Store):
            for name in names:
                store.load().find(name)
                store.forget()
        """),
    ("each", """
        def work(names, store: Store):
            for name in names:
                with store:
                    store.load().find(name)
        """),
    ("each", """
        def work(names, stores: list[Store]):
            for store in stores:
                store.load()
        """),
    ("each", """
        def work(names):
            for name in names:
                Store(name).load()
        """),
    ("each", """
        class Walk:
            def work(self, names):
                for name in names:
                    self.store = Store(name)
                    self.store.load()
        """),
    ("once", """
        class Walk:
            def __init__(self, url):
                self.store = Store(url)

            def work(self, names):
                for name in names:
                    self.store.load().find(name)
        """),
    # ---- once a key
    ("once", """
        def work(prices, day):
            for price in prices:
                price.add(page(day))
        """),
    ("each", """
        def work(prices):
            for price in prices:
                price.add(page(price.day))
        """),
    ("each", """
        class Walk:
            def work(self):
                while self.number < 9:
                    page(self.number)
                    self.number += 1
        """),
    ("each", """
        def work(prices, days):
            left = iter(days)
            for price in prices:
                price.add(page(next(left)))
        """),
    ("each", """
        def work(prices, day):
            for price in prices:
                price.add(page(day))
                page.cache_clear()
        """),
    # ---- in a variable
    ("once", """
        def work(names):
            answer = None
            for name in names:
                if answer is None:
                    answer = requests.get("http://a")
                answer.find(name)
        """),
    ("each", """
        def work(names):
            answer = None
            for name in names:
                if answer is None:
                    answer = requests.get("http://a")
                if not answer.find(name):
                    answer = None
        """),
    ("each", """
        def look(name):
            answer = requests.get(name)
            return answer if answer.ok else None

        def work(names):
            answer = None
            for name in names:
                if answer is not None:
                    break
                answer = look("http://a")
        """),
    # ---- not surely filled
    ("each", """
        class Reader:
            def read(self):
                if self.text is not None:
                    return
                while self.open:
                    while not self.ready:
                        if not requests.get("http://a").ok:
                            return
                    self.text = "a"

        def work(names, reader: Reader):
            for name in names:
                reader.read()
        """),
    # ---- for one item
    ("once", """
        def work(table: dict[str, str]):
            for name in table:
                if name == "admin":
                    requests.get("http://a")
        """),
    ("each", """
        def work(names: list[str]):
            for name in names:
                if name == "admin":
                    requests.get("http://a")
        """),
    # ---- only if a parameter says so
    ("none", """
        def ask(name, sure=False):
            if sure:
                requests.get(name)

        def work(names):
            for name in names:
                ask(name)
        """),
    ("each", """
        def ask(name, sure=False):
            if sure:
                requests.get(name)

        def work(names):
            for name in names:
                ask(name, sure=True)
        """),
    ("each", """
        def ask(name, sure=False):
            if sure:
                requests.get(name)

        def work(names, options):
            for name in names:
                ask(name, **options)
        """),
    # ---- calls that block an event loop, which run again with their coroutine; what blocks it once is no site ("none")
    ("none", """
        async def work():
            client()
        """),
    ("each", """
        async def work():
            client()
            close()
        """),
    ("none", """
        async def work():
            client()

        async def main():
            await work()
            close()

        if __name__ == "__main__":
            asyncio.run(main())
        """),
    ("each", """
        async def work():
            client()

        async def answer(request):
            await work()
            close()
        """),
    ("each", """
        async def work():
            client()

        async def main():
            while True:
                await work()
                close()

        if __name__ == "__main__":
            asyncio.run(main())
        """),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "text"), ROWS)
def test_what_is_done_once_is_told_from_what_each_iteration_does(expected: str, text: str) -> None:
    found = linked(HEAD + dedent(ONCE) + dedent(text))
    work = found.work
    mine = [case for site, case in zip(found.sites, found.cases, strict=True) if site.function == work.id]
    each = any(effect.effect.value == "network" for case in mine for effect in case.effects)
    once = any(effect.effect.value == "network" for case in mine for effect in case.once)
    assert ("each" if each else "once" if once else "none") == expected


def test_a_proof_follows_the_calls_of_what_is_done_once() -> None:
    found = linked(HEAD + dedent(ONCE) + dedent("""
        def ask(name):
            client()
            return requests.get(name)

        def work(names):
            for name in names:
                ask(name)
        """))  # fmt: skip
    case = found.cases[0]
    (once,), (each, *_) = case.once, case.effects
    assert [step.function for step in once.trace] == ["work", "ask", "client"]
    assert [step.function for step in each.trace] == ["work", "ask"]
