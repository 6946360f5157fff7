"""Work that calls what others have put there: handlers of a registry, steps of a chain, what stands in for a function."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.generating import did, generated, module, refusal

HEAD = """\
import builtins
import importlib.util
import sys
import time
import types
import unittest.mock
from functools import partial, wraps

SEEN = []


class Clock:
    def __init__(self):
        self.minutes = 0
        self.real = time.sleep

    def doze(self, seconds):
        self.real(seconds / 1000)
        self.minutes += seconds
        return self.minutes


def kept(x):
    SEEN.append(x)
    return len(SEEN)


CLOCK = Clock()


def fetched(x):
    time.sleep(0.05)
    return x


def waited(seconds):
    return time.sleep(seconds)


"""
REFUSED = {
    "handlers that a decorator puts away by topic": """
class Bus:
    def __init__(self):
        self.handlers = {}

    def on(self, topic):
        def register(handler):
            self.handlers.setdefault(topic, []).append(handler)
            return handler

        return register

    def emit(self, topic, x):
        return [handler(x) for handler in self.handlers.get(topic, ())]


bus = Bus()


@bus.on("step")
def tell(x):
    SEEN.append(x)
    return len(SEEN)


def work(x):
    time.sleep(0.05)
    return bus.emit("step", x)


def subject(xs):
    out = []
    for x in xs:  # here
        out.append(work(x))
    return out
""",
    "handlers that a decorator puts into a list": """
HOOKS = []


def hook(function):
    HOOKS.append(function)
    return function


@hook
def tell(x):
    SEEN.append(x)
    return len(SEEN)


def work(x):
    fetched(x)
    return [each(x) for each in HOOKS]


def subject(xs):
    out = []
    for x in xs:  # here
        out.append(work(x))
    return out
""",
    "a table that a decorator fills by name": """
COMMANDS = {}


def command(name):
    def keep(function):
        COMMANDS[name] = function

    return keep


@command("tell")
def tell(x):
    SEEN.append(x)
    return len(SEEN)


def work(x):
    fetched(x)
    return COMMANDS["tell"](x)


def subject(xs):
    out = []
    for x in xs:  # here
        out.append(work(x))
    return out
""",
    "objects of classes that a decorator puts away": """
REGISTRY = {}


def registered(name):
    def keep(cls):
        REGISTRY[name] = cls()
        return cls

    return keep


@registered("a")
class Counting:
    def __init__(self):
        self.count = 0

    def handle(self, x):
        self.count += 1
        return fetched(x) + self.count


def subject(xs):
    out = []
    for x in xs:  # here
        out.append(REGISTRY["a"].handle(x))
    return out
""",
    "handlers in a table of a class of its own": """
class Hooks(dict):
    def on(self, name):
        def keep(function):
            self[name] = function
            return function

        return keep

    def fire(self, name, x):
        function = self.get(name)
        return function(x)


hooks = Hooks()


@hooks.on("step")
def tell(x):
    SEEN.append(x)
    return len(SEEN)


def work(x):
    fetched(x)
    return hooks.fire("step", x)


def subject(xs):
    out = []
    for x in xs:  # here
        out.append(work(x))
    return out
""",
    "steps of a chain that is given as the rest": """
class Memory:
    def __init__(self):
        self.words = []

    def __call__(self, x, follow):
        self.words.append(x)
        return follow(x) + len(self.words)


class Agent:
    def __init__(self, *steps):
        self.chain = self.base
        for step in reversed(steps):
            self.chain = self.bound(step, self.chain)

    def bound(self, step, follow):
        def run(x):
            return step(x, follow)

        return run

    def base(self, x):
        time.sleep(0.05)
        return x


def subject(xs):
    agent = Agent(Memory())
    out = []
    for x in xs:  # here
        out.append(agent.chain(x))
    return out
""",
    "rules that are given as the rest": """
def subject(xs):
    out = []
    for x in xs:  # here
        out.append(work(x, abs, kept))
    return out


def work(x, *rules):
    fetched(x)
    return [rule(x) for rule in rules]
""",
    "the sleep is another one": """
def subject(xs):
    time.sleep = CLOCK.doze
    out = []
    for x in xs:  # here
        waited(x)
        out.append(CLOCK.minutes)
    return out
""",
    "the sleep is set by its name, of an object that is handed in": """
def install(clock):
    setattr(time, "sleep", clock.doze)


def subject(xs):
    install(Clock())
    out = []
    for x in xs:  # here
        out.append(waited(x))
    return out
""",
    "the sleep is patched for a block": """
def subject(xs):
    out = []
    with unittest.mock.patch.object(time, "sleep", kept):
        for x in xs:  # here
            out.append(waited(x))
    return out
""",
    "a function of the module is another one": """
def load(x):
    time.sleep(0.05)
    return x


def work(x):
    time.sleep(0.05)
    return load(x)


def subject(xs):
    globals()["load"] = kept
    out = []
    for x in xs:  # here
        out.append(work(x))
    return out
""",
    "a module that is made of a text": """
settings = types.ModuleType("settings")
exec("cursor = 0\\ndef advance():\\n    global cursor\\n    cursor += 1\\n    return cursor", settings.__dict__)


def work(x):
    fetched(x)
    return settings.advance()


def subject(xs):
    out = []
    for x in xs:  # here
        out.append(work(x))
    return out
""",
    "a module that is made of a file": """
SPEC = importlib.util.spec_from_file_location("plugin", "plugin.py")
PLUGIN = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(PLUGIN)


def work(x):
    return PLUGIN.step(fetched(x))


def subject(xs):
    out = []
    for x in xs:  # here
        out.append(work(x))
    return out
""",
    "a module that others import by its name": """
def install(name):
    made = types.ModuleType(name)
    sys.modules[name] = made


def work(x):
    import made_settings

    fetched(x)
    return made_settings.advance(x)


def subject(xs):
    install("made_settings")
    out = []
    for x in xs:  # here
        out.append(work(x))
    return out
""",
    "a built-in function is another one": """
def work(x):
    time.sleep(0.05)
    return round(x)


def subject(xs):
    builtins.round = kept
    out = []
    for x in xs:  # here
        out.append(work(x))
    return out
""",
}
WRITTEN = {
    "a module that is made of a text, beside the work": """
settings = types.ModuleType("settings")
exec("def size():\\n    return 3", settings.__dict__)


def subject(xs):
    out = [settings.size()]
    for x in xs:  # here
        out.append(fetched(x))
    return out
""",
    "a module that puts another in its own place": """
class Lazy(types.ModuleType):
    pass


def put(name):
    sys.modules[name] = Lazy(name)


def work(x):
    import json

    fetched(x)
    return json.dumps(x)


def subject(xs):
    put("lazy")
    out = []
    for x in xs:  # here
        out.append(work(x))
    return out
""",
    "handlers that work something out": """
HOOKS = []


def hook(function):
    HOOKS.append(function)
    return function


@hook
def double(x):
    return x * 2


def work(x):
    fetched(x)
    return [each(x) for each in HOOKS]


def subject(xs):
    out = []
    for x in xs:  # here
        out.append(work(x))
    return out
""",
    "handlers of a table that work something out": """
class Hooks(dict):
    def on(self, name):
        def keep(function):
            self[name] = function
            return function

        return keep

    def fire(self, name, x):
        function = self.get(name)
        return function(x)


hooks = Hooks()


@hooks.on("step")
def double(x):
    return x * 2


def work(x):
    fetched(x)
    return hooks.fire("step", x)


def subject(xs):
    out = []
    for x in xs:  # here
        out.append(work(x))
    return out
""",
    "a decorator that wraps, beside one that keeps": """
def timed(function):
    @wraps(function)
    def run(*args):
        return function(*args)

    return run


@timed
def keep(x):
    SEEN.append(x)


@timed
def work(x):
    time.sleep(0.05)
    return x * 2


def subject(xs):
    keep(1)
    out = []
    for x in xs:  # here
        out.append(work(x))
    return out
""",
    "a sleep that only runs faster": """
def faster(seconds, real=time.sleep):
    real(seconds / 10)


def subject(xs):
    time.sleep = faster
    out = []
    for x in xs:  # here
        waited(x / 100)
        out.append(x)
    return out
""",
    "an attribute of the same name of something else": """
class Baby:
    pass


def subject(xs):
    baby = Baby()
    baby.sleep = kept
    out = []
    for x in xs:  # here
        fetched(x)
        out.append(x)
    return out
""",
    "rules that work something out": """
def subject(xs):
    out = []
    for x in xs:  # here
        out.append(work(x, abs, round))
    return out


def work(x, *rules):
    fetched(x)
    return [rule(x) for rule in rules]
""",
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_was_put_there_is_looked_at(case: str, tmp_path: Path) -> None:
    told = refusal(tmp_path, HEAD + REFUSED[case])
    assert "(shared-write)" in told or "(carried-dependence)" in told, told


@pytest.mark.parametrize("case", WRITTEN)
def test_what_was_put_there_may_be_harmless(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", time.sleep)  # as it is again after the test
    new = generated(tmp_path, HEAD + WRITTEN[case])
    assert did(module(tmp_path, new), [[1, 2, 3]]) == did(module(tmp_path, HEAD + WRITTEN[case]), [[1, 2, 3]])
