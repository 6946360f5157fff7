"""Productions in which the body of the loop changes what the work reads, by another name for the same object.

How the work gets at the object and how the body writes it are drawn apart, and so is whether the write comes before the
work or after it.
"""

from __future__ import annotations

import random
import textwrap
from dataclasses import dataclass

from tests.differential.parts import Part, Production


@dataclass(frozen=True, slots=True)
class Way:
    """One way to write an object: OBJ stands for it, NEW for the value. `plain`: only where OBJ is a local name."""

    name: str
    write: str
    setup: str = ""
    top: str = ""
    imports: str = ""
    plain: bool = False


_NOTE = """
    def note(target, value):
        target["level"] = value
"""
TABLE = (
    Way("direct", 'OBJ["level"] = NEW'),
    Way("second-name", 'alias["level"] = NEW', "alias = OBJ"),
    Way("attribute", 'keeper.kept["level"] = NEW', "keeper = Keeper()\nkeeper.kept = OBJ",
        "class Keeper:\n    kept = None"),
    Way("class-attribute", 'Keeper.kept["level"] = NEW', "Keeper.kept = OBJ", "class Keeper:\n    kept = None"),
    Way("list-element", 'shelf[0]["level"] = NEW', "shelf = [OBJ]"),
    Way("dict-element", 'by_name["first"]["level"] = NEW', 'by_name = {"first": OBJ}'),
    Way("unpacked", 'kept["level"] = NEW', "kept, label = OBJ, 'kept'"),
    Way("loop-over-it", "for each in (OBJ,):\n    each['level'] = NEW"),
    Way("argument", "note(OBJ, NEW)", top=_NOTE),
    Way("argument-of-argument", "record(OBJ, NEW)",
        top=_NOTE + "\n\n    def record(where, value):\n        note(where, value)"),
    Way("bound-method", 'put("level", NEW)', "put = OBJ.__setitem__"),
    Way("bound-update", 'put({"level": NEW})', "put = OBJ.update"),
    Way("mutator", "OBJ.update(level=NEW)"),
    Way("pop-and-set", 'OBJ.pop("level")\nOBJ.setdefault("level", NEW)'),
    Way("in-place-or", 'OBJ |= {"level": NEW}', plain=True),
    Way("augmented", 'OBJ["level"] += NEW'),
    Way("operator", 'operator.setitem(OBJ, "level", NEW)', imports="operator"),
    Way("partial", "put(NEW)", "put = functools.partial(note, OBJ)", _NOTE, "functools"),
    Way("closure", "put(NEW)", "kept = OBJ\n\ndef put(value):\n    kept['level'] = value\n"),
    Way("lambda", "put(NEW)", "put = lambda value: OBJ.update(level=value)"),
    Way("default-argument", "put(NEW)", "def put(value, target=OBJ):\n    target['level'] = value\n"),
    Way("callback", "for hook in hooks:\n    hook(NEW)",
        "hooks = [OBJ.__setitem__]\nhooks = [lambda value, put=hooks[0]: put('level', value)]"),
    Way("wrapper-object", "view.put(NEW)", "view = View(OBJ)",
        "class View:\n    def __init__(self, inner):\n        self.inner = inner\n\n"
        "    def put(self, value):\n        self.inner['level'] = value"),
    Way("overloaded-setitem", 'view["any"] = NEW', "view = View(OBJ)",
        "class View:\n    def __init__(self, inner):\n        self.inner = inner\n\n"
        "    def __setitem__(self, key, value):\n        self.inner['level'] = value"),
    Way("context-manager", "with noting(OBJ, NEW):\n    pass", top=
        "@contextlib.contextmanager\ndef noting(target, value):\n    target['level'] = value\n    yield target",
        imports="contextlib"),
    Way("generator-send", "notes.send(NEW)", "notes = sink(OBJ)\nnext(notes)",
        "def sink(target):\n    while True:\n        target['level'] = yield"),
    Way("returned", 'same(OBJ)["level"] = NEW', top="def same(thing):\n    return thing"),
    Way("map", 'list(map(OBJ.__setitem__, ["level"], [NEW]))'),
)  # fmt: skip

_CONFIG = "class Config:\n    level = 0\n\n    def raise_to(self, level):\n        self.level = level"
_PROPERTY = (
    "class Config:\n    _level = 0\n\n    @property\n    def level(self):\n        return self._level\n\n"
    "    @level.setter\n    def level(self, level):\n        self._level = level"
)
FIELD = (
    Way("field", "OBJ.level = NEW", top=_CONFIG),
    Way("field-second-name", "alias.level = NEW", "alias = OBJ", _CONFIG),
    Way("setter", "OBJ.raise_to(NEW)", top=_CONFIG),
    Way("bound-setter", "put(NEW)", "put = OBJ.raise_to", _CONFIG),
    Way("property", "OBJ.level = NEW", top=_PROPERTY),
    Way("setattr", 'setattr(OBJ, "level", NEW)', top=_CONFIG),
    Way("setattr-by-name", "setattr(OBJ, name, NEW)", 'name = "level"', _CONFIG),
    Way("vars", 'vars(OBJ)["level"] = NEW', top=_CONFIG),
    Way("dunder-dict", 'OBJ.__dict__.update({"level": NEW})', top=_CONFIG),
    Way("object-setattr", 'object.__setattr__(OBJ, "level", NEW)', top=_CONFIG),
    Way("class-of-object", "type(OBJ).level = NEW", top=_CONFIG),
    Way("class-by-name", "Config.level = NEW", top=_CONFIG),
    Way("in-a-list", "for each in configs:\n    each.level = NEW", "configs = [OBJ]", _CONFIG),
    Way("with-block", "with changed(OBJ, NEW):\n    pass", top=_CONFIG + "\n\n\n@contextlib.contextmanager\n"
        "def changed(config, level):\n    config.level = level\n    yield config", imports="contextlib"),
)  # fmt: skip


def _alias(way: Way, made: str, read: str) -> Production:
    def make(rng: random.Random) -> Part:
        late = rng.choice((False, True))
        where = rng.choice(("given", "held") if way.plain else ("given", "global", "held", "self"))
        name = "state" if made.startswith("{") else "config"
        there, setup, top, fields, given = name, f"{name} = {made}", textwrap.dedent(way.top).strip("\n"), "", ""
        work = name
        match where:
            case "given":
                given = f"{name}={name}"
            case "global":
                top, setup = f"{top}\n\n\n{name} = {made}".lstrip(), ""
            case "held":
                top = f"{top}\n\n\nclass Box:\n    pass".lstrip()
                setup += f"\nbox = Box()\nbox.{name} = {name}"
                given, work = "box=box", f"box.{name}"
            case _:
                fields, setup = f"self.{name} = {made}", ""
                there = work = f"ME.{name}"
        setup = f"{setup}\n{way.setup.replace('OBJ', there)}".strip("\n")
        write = way.write.replace("OBJ", there).replace("NEW", "GOT % 7" if late else "NUM % 5")
        last, told = rng.choice((True, False)), f"VALUE += {read}".replace("OBJ", work)
        return Part(
            f"alias-{way.name}", imports=way.imports, top=top, fields=fields, setup=setup, given=given,
            before="" if late else write, after=write if late else "",
            first="" if last else told, last=told if last else "", report=f"print({read.replace('OBJ', there)})",
        )  # fmt: skip

    return Production(f"alias-{way.name}", make)


def _global(name: str, write: str, top: str = "", imports: str = "") -> Production:
    def make(rng: random.Random) -> Part:
        late = rng.choice((False, True))
        told = write.replace("NEW", "GOT % 7" if late else "NUM % 5")
        return Part(
            name, imports=imports, top=f"LEVEL = 0\n\n\n{top}" if top else "LEVEL = 0", before="" if late else told,
            after=told if late else "", last="VALUE += LEVEL", report="print(LEVEL)",
        )  # fmt: skip

    return Production(name, make)


_TRACE = """
    class Trace:
        def __init__(self, rows=None):
            self.rows = rows

        def __enter__(self):
            return self

        def __exit__(self, *failure):
            return None

        def add(self, value):
            self.rows.append(value)
            return len(self.rows)
"""
_HOLDERS = """
    class Named(Trace):
        def __init__(self, name, rows):
            super().__init__(rows)
            self.name = name


    @dataclasses.dataclass
    class Book:
        title: str
        pages: list

        def add(self, value):
            self.pages.append(value)
            return len(self.pages)


    class Desk:
        def __init__(self, trace):
            self.trace = trace


    class Office:
        def __init__(self, rows):
            self.trace = Trace(rows)

        def add(self, value):
            return self.trace.add(value)


    class Lent:
        def __init__(self, rows):
            self.trace = Trace(rows)

        def __enter__(self):
            return self.trace

        def __exit__(self, *failure):
            return None


    class Only:
        one = None

        def __new__(cls, rows):
            if cls.one is None:
                cls.one = super().__new__(cls)
                cls.one.rows = rows
            return cls.one

        def add(self, value):
            self.rows.append(value)
            return len(self.rows)


    class Single(type):
        known = {}

        def __call__(cls, *given):
            if cls not in cls.known:
                cls.known[cls] = super().__call__(*given)
            return cls.known[cls]


    class Register(metaclass=Single):
        def __init__(self):
            self.seen = 0

        def add(self, value):
            self.seen += value
            return self.seen
"""
# An object that the work makes for itself, through which it adds to what all rounds share.
MADE = {
    "given": "VALUE += Trace(rows).add(NUM)",
    "named": "trace = Trace(rows=rows)\nVALUE += trace.add(NUM)",
    "entered": "with Trace(rows) as trace:\n    VALUE += trace.add(NUM)",
    "set": "trace = Trace()\ntrace.rows = rows\nVALUE += trace.add(NUM)",
    "passed-on": "VALUE += Named('a', rows).add(NUM)",
    "data-class": "VALUE += Book('b', pages=rows).add(NUM)",
    "within-another": "desk = Desk(Trace(rows))\nVALUE += desk.trace.add(NUM)",
    "made-by-another": "VALUE += Office(rows).add(NUM)",
    "field": "VALUE += Trace(rows).rows.count(NUM)\nTrace(rows).rows.append(NUM)",
    "dict-asked": "job = {'rows': rows}\njob.get('rows').append(NUM)\nVALUE += len(job['rows'])",
    "dict-by-keyword": "job = dict(rows=rows)\njob['rows'].append(NUM)\nVALUE += len(rows)",
    "dict-filled": "job = {}\njob['rows'] = rows\njob['rows'].append(NUM)\nVALUE += len(job['rows'])",
    "list-filled": "held = []\nheld.append(rows)\nheld[0].append(NUM)\nVALUE += len(held[0])",
    "copied": "job = {'rows': rows}.copy()\njob['rows'].append(NUM)\nVALUE += len(job['rows'])",
    "copied-by-module": "job = copy.copy([rows])\njob[0].append(NUM)\nVALUE += len(job[0])",
    "lent": "with Lent(rows) as trace:\n    VALUE += trace.add(NUM)",
    "only-one": "VALUE += Only(rows).add(NUM)",
    "single": "VALUE += Register().add(NUM)\nrows.append(0)",
    "partial": "VALUE += functools.partial(Trace.add, Trace(rows))(NUM)",
    "lambda": "add = lambda value: Trace(rows).add(value)\nVALUE += add(NUM)",
    "chosen": "VALUE += (Trace(rows) if NUM % 2 else Office(rows)).add(NUM)",
    "named-by-chance": "VALUE += getattr(Trace(rows), 'add')(NUM)",
    "tuple": "name, trace = 'a', Trace(rows)\nVALUE += trace.add(NUM)",
    "listed": "for trace in [Trace(rows)]:\n    VALUE += trace.add(NUM)",
    "bound": "add = Trace(rows).add\nVALUE += add(NUM)",
}


def _made(name: str, work: str) -> Production:
    def make(rng: random.Random) -> Part:
        wide, late = rng.choice((False, True)), rng.choice((False, True))
        top = textwrap.dedent(_TRACE + _HOLDERS).strip("\n")
        return Part(
            f"made-here-{name}", imports="copy dataclasses functools", top=f"{top}\n\n\nrows = []" if wide else top,
            setup="" if wide else "rows = []", given="" if wide else "rows=rows", report="print(rows)",
            first="" if late else work, last=work if late else "",
        )  # fmt: skip

    return Production(f"made-here-{name}", make)


PRODUCTIONS = (
    *(_made(name, work) for name, work in MADE.items()),
    *(_alias(way, '{"level": 0}', 'OBJ["level"]') for way in TABLE),
    *(_alias(way, "Config()", "OBJ.level") for way in FIELD),
    _global("global-by-setter", "set_level(NEW)", "def set_level(value):\n    global LEVEL\n    LEVEL = value"),
    _global("global-by-globals", 'globals()["LEVEL"] = NEW'),
    _global("global-by-module", "sys.modules[__name__].LEVEL = NEW", imports="sys"),
    _global("global-by-setattr", 'setattr(sys.modules[__name__], "LEVEL", NEW)', imports="sys"),
)
