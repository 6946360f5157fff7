"""Productions about which object it is, about what cannot travel between processes, and about failures."""

from __future__ import annotations

from tests.differential.parts import Part, fixed

_SYNC = ("waits", "computes")
_JOB = """
    class Job:
        def __init__(self, number):
            self.number = number
            self.count = 0
"""

IDENTITY = (
    Part("sentinel-object", top="NOTHING = object()", returns="NOTHING if NUM % 2 else VALUE",
         collect="out.append('none' if GOT is NOTHING else GOT)", kinds=_SYNC),
    Part("sentinel-class", top="class Missing:\n    pass\n\n\nMISSING = Missing()",
         returns="MISSING if NUM % 2 else VALUE",
         collect="if GOT is MISSING:\n    continue\nout.append(GOT)", kinds=_SYNC),
    Part("sentinel-in-tuple", top="EMPTY = object()", returns="(NUM, EMPTY if NUM % 2 else VALUE)",
         collect="key, value = GOT\nif value is not EMPTY:\n    out.append((key, value))", kinds=_SYNC),
    Part("sentinel-list", top="EMPTY = []", returns="EMPTY if NUM % 2 else [VALUE]",
         collect="out.append(GOT is EMPTY)", kinds=_SYNC),
    Part("sentinel-given", top="NOTHING = object()", setup="nothing = NOTHING", given="nothing=nothing",
         returns="NUM if nothing is NOTHING else -1", collect="out.append(GOT)", kinds=_SYNC),
    Part("sentinel-compared-in-work", top="UNSET = object()\n\n\ndef level_of(value=UNSET):\n"
         "    return 0 if value is UNSET else value",
         setup="level = UNSET", given="level=level", last="VALUE += level_of(level)", kinds=_SYNC),
    Part("result-is-argument", top=_JOB, before="job = Job(NUM)", given="job=job", returns="job",
         collect="out.append((GOT is job, GOT.number))", kinds=_SYNC),
    Part("result-refers-to-argument", top=_JOB, before="job = Job(NUM)", given="job=job",
         returns='{"job": job, "value": VALUE}',
         collect='out.append((GOT["job"] is job, GOT["value"]))', kinds=_SYNC),
    Part("result-refers-to-shared", top=_JOB, setup="shared = Job(0)", given="shared=shared", returns="(shared, VALUE)",
         collect="kept, value = GOT\nkept.count += value\nout.append(value)", report="print(shared.count)",
         kinds=_SYNC),
    Part("result-in-registry", top=_JOB + "\n\n    jobs = [Job(0), Job(1), Job(2)]\n", returns="jobs[NUM % 3]",
         collect="GOT.count += 1\nout.append(jobs.index(GOT))", report="print([job.count for job in jobs])",
         kinds=_SYNC),
    Part("results-share-an-object", top="TAGS = ['a']", returns="(VALUE, TAGS)",
         collect="value, tags = GOT\ntags.append(value)\nout.append(len(tags))", report="print(TAGS)", kinds=_SYNC),
    Part("result-as-key", top=_JOB + "\n\n    owners = {each: each.number for each in (Job(0), Job(1))}\n",
         returns="next(each for each in owners if each.number == NUM % 2)", collect="out.append(owners.get(GOT))",
         kinds=_SYNC),
    Part("argument-changed-by-work", top=_JOB, before="job = Job(NUM)", given="job=job", last="job.count += VALUE",
         after="print(job.count)", kinds=_SYNC),
    Part("argument-list-filled", before="rows = []", given="rows=rows", last="rows.append(VALUE)", after="print(rows)",
         kinds=_SYNC),
    Part("identity-of-class", top="class Found:\n    pass", returns="type('Found', (Found,), {'number': VALUE})",
         collect="out.append((issubclass(GOT, Found), GOT.number))", kinds=_SYNC),
    Part("weak-reference", imports="weakref", top=_JOB,
         before="job = Job(NUM)\nfinalizer = weakref.finalize(job, print, 'gone', NUM)",
         given="job=job", last="VALUE += job.number", after="del job", kinds=_SYNC),
    Part("cache-of-instances", top=_JOB + "\n\n    known = {}\n\n\n    def job_of(number):\n"
         "        if number not in known:\n"
         "            known[number] = Job(number)\n        return known[number]\n", returns="job_of(NUM % 3)",
         collect="GOT.count += 1\nout.append(GOT.count)", report="print(sorted(known))"),
    Part("lru-cache-counts", imports="functools", top="@functools.lru_cache\ndef tripled(value):\n    return value * 3",
         last="VALUE += tripled(NUM % 3)", report="print(tripled.cache_info())", kinds=_SYNC),
    Part("lru-cache-effect", imports="functools",
         top="asked = []\n\n\n@functools.lru_cache(maxsize=2)\ndef tripled(value):\n"
         "    asked.append(value)\n    return value * 3", last="VALUE += tripled(NUM % 3)", report="print(asked)"),
)  # fmt: skip

TRAVEL = (
    Part("result-lambda", returns="lambda more: VALUE + more", collect="out.append(GOT(1))", kinds=_SYNC),
    Part("result-generator", returns="(each * VALUE for each in range(3))", collect="out.append(sum(GOT))",
         kinds=_SYNC),
    Part("result-local-function", last="def plus(more):\n    return VALUE + more\n", returns="plus",
         collect="out.append(GOT(2))", kinds=_SYNC),
    Part("result-local-class", last="class Row:\n    pass\n\nrow = Row()\nrow.value = VALUE", returns="row",
         collect="out.append(GOT.value)", kinds=_SYNC),
    Part("result-open-file", setup='with open("words.txt", "w") as file:\n    file.write("one two three")',
         returns='open("words.txt")',
         collect="out.append(len(GOT.read()))\nGOT.close()", kinds=_SYNC),
    Part("result-lock", imports="threading", returns="(VALUE, threading.Lock())",
         collect="value, lock = GOT\nwith lock:\n    out.append(value)",
         kinds=_SYNC),
    Part("result-iterator", returns="map(abs, [VALUE, -VALUE])", collect="out.append(list(GOT))", kinds=_SYNC),
    Part("result-module-and-dict-view", returns="{NUM: VALUE}.items()", collect="out.append(list(GOT))", kinds=_SYNC),
    Part("result-default-dict", imports="collections",
         last="rows = collections.defaultdict(lambda: VALUE)\nrows[0] = NUM",
         returns="rows", collect="out.append((GOT[0], GOT[9]))", kinds=_SYNC),
    Part("result-loses-state", top="""
        class Row:
            def __init__(self, value):
                self.value = value
                self.note = "fresh"

            def __getstate__(self):
                return {"value": self.value}

            def __setstate__(self, state):
                self.value = state["value"]
                self.note = "stored"
        """, returns="Row(VALUE)", collect="out.append((GOT.value, GOT.note))", kinds=_SYNC),
    Part("result-reduced", top="""
        class Row:
            def __init__(self, value, tag="new"):
                self.value = value
                self.tag = tag

            def __reduce__(self):
                return Row, (self.value, "copied")
        """, returns="Row(VALUE)", collect="out.append((GOT.value, GOT.tag))", kinds=_SYNC),
    Part("result-nan-in-set", setup="odd = float('nan')", given="odd=odd", returns="[odd, VALUE]",
         collect="out.append(odd in GOT)", kinds=_SYNC),
    Part("argument-lambda", setup="twice = lambda value: value * 2", given="twice=twice", last="VALUE = twice(VALUE)",
         kinds=_SYNC),
    Part("argument-open-file", setup='with open("words.txt", "w") as file:\n    file.write("one two three")\n'
         'words = open("words.txt")',
         given="words=words", last="VALUE += len(words.name)", report="words.close()", kinds=_SYNC),
    Part("argument-lock", imports="threading", setup="lock = threading.Lock()", given="lock=lock",
         last="with lock:\n    VALUE += 1", kinds=_SYNC),
    Part("argument-local-class", setup="class Rate:\n    factor = 3\n\nrate = Rate()", given="rate=rate",
         last="VALUE *= rate.factor",
         kinds=_SYNC),
    Part("argument-loses-state", top="""
        class Rate:
            def __init__(self, factor):
                self.factor = factor
                self.warm = True

            def __getstate__(self):
                return {"factor": self.factor, "warm": False}
        """, setup="rate = Rate(3)", given="rate=rate", last="VALUE *= rate.factor + rate.warm", kinds=_SYNC),
    Part("global-set-at-run-time", top="factor = 1\n\n\ndef configure(value):\n    global factor\n    factor = value",
         setup="configure(7)", last="VALUE *= factor"),
    Part("global-filled-at-run-time", top="settings = {}", setup='settings["factor"] = 7',
         last='VALUE *= settings.get("factor", 1)'),
    Part("global-set-in-guard", top="factor = 1", setup="factor = 9", last="VALUE *= factor", layouts=("script",)),
    Part("class-attribute-set-at-run-time", top="class Rate:\n    factor = 1", setup="Rate.factor = 5",
         last="VALUE *= Rate.factor"),
    Part("patched-function", top="def scaled(value):\n    return value",
         setup='globals()["scaled"] = lambda value: value * 4',
         last="VALUE = scaled(VALUE)"),
    Part("registry-filled-at-run-time", top="rules = []\n\n\ndef register(rule):\n    rules.append(rule)\n"
         "    return rule",
         setup="register(abs)\nregister(float)", last="for rule in rules:\n    VALUE = rule(VALUE)"),
    Part("environment-at-run-time", imports="os", setup='os.environ["FACTOR"] = "6"',
         last='VALUE *= int(os.environ.get("FACTOR", "1"))'),
    Part("arguments-changed", imports="sys", setup='sys.argv.append("fast")',
         last='VALUE += 10 * ("fast" in sys.argv)'),
    Part("working-folder-of-caller", imports="os", setup='os.makedirs("there")\nos.chdir("there")',
         last="VALUE += os.getcwd().endswith('there')"),
)  # fmt: skip

_BAD = """
    class Bad(Exception):
        def __init__(self, code, detail="none"):
            super().__init__("bad %d" % code)
            self.code, self.detail = code, detail
"""
_CATCH = "except Bad as error:\n    out.append((str(error), error.code, error.detail))\n    continue"
_TRY = "try:\n    GOT = WORK\n"


def _raising(name: str, top: str, raised: str, caught: str, kinds: tuple[str, ...] = _SYNC, imports: str = "") -> Part:
    """Every third round fails, and the body has its way with that."""
    return Part(
        name, imports=imports, top=top, last=f"if NUM % 3 == 0:\n{_indented(raised)}",
        call=f"try:\n    GOT = WORK\n{caught}", kinds=kinds,
    )  # fmt: skip


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


_EXCEPT = "except Exception as error:\n    out.append({kept})\n    continue"

FAILURES = (
    _raising("exception-arity", _BAD, 'raise Bad(NUM, "x")', _CATCH),
    _raising("exception-arity", """
        class Bad(Exception):
            def __init__(self, code, *, detail):
                super().__init__(code)
                self.code, self.detail = code, detail
        """, 'raise Bad(NUM, detail="x")', _CATCH),
    _raising("exception-built-from-two", """
        class Bad(Exception):
            def __init__(self, code, detail):
                super().__init__(f"{code}: {detail}")
                self.code, self.detail = code, detail
        """, 'raise Bad(NUM, "x")', _CATCH),
    _raising("exception-holds-object", "class Bad(Exception):\n    code = detail = None",
             "error = Bad(NUM)\nerror.code = lambda: NUM\nraise error",
             "except Bad as error:\n    out.append(error.code())\n    continue"),
    _raising("exception-cause", "", "try:\n    int('x')\nexcept ValueError as error:\n"
        "    raise LookupError(NUM) from error",
             _EXCEPT.format(kept="(repr(error), repr(error.__cause__))")),
    _raising("exception-context", "", "try:\n    int('x')\nexcept ValueError:\n    raise LookupError(NUM)",
             _EXCEPT.format(kept="(repr(error), repr(error.__context__), error.__suppress_context__)")),
    _raising("exception-same-object", "FAILED = LookupError('always the same')", "raise FAILED",
             _EXCEPT.format(kept="error is FAILED")),
    _raising("exception-depth-of-traceback", "", "raise LookupError(NUM)",
             _EXCEPT.format(kept="[frame.name for frame in traceback.extract_tb(error.__traceback__)]"),
             imports="traceback"),
    _raising("stop-iteration", "", "next(iter([]))", "except StopIteration:\n    out.append('end')\n    continue"),
    _raising("stop-iteration-escapes", "", "raise StopIteration(NUM)",
        "except RuntimeError:\n    out.append('wrapped')\n    continue"),
    _raising("system-exit", "", "sys.exit(NUM)",
        "except SystemExit as error:\n    out.append(error.code)\n    continue", imports="sys"),
    _raising("keyboard-interrupt", "", "raise KeyboardInterrupt",
             "except KeyboardInterrupt:\n    out.append('stopped')\n    continue"),
    _raising("base-exception", "class Halt(BaseException):\n    pass", "raise Halt(NUM)",
             "except Halt as error:\n    out.append(repr(error))\n    continue"),
    _raising("generator-exit", "", "raise GeneratorExit",
        "except GeneratorExit:\n    out.append('closed')\n    continue"),
    _raising("timeout-of-its-own", "", "raise TimeoutError(f'{NUM} took long')", _EXCEPT.format(kept="repr(error)")),
    _raising("cancelled-of-its-own", "", "raise asyncio.CancelledError",
        "except asyncio.CancelledError:\n    out.append('given up')\n    continue",
             imports="asyncio"),
    Part("system-exit-ends-it", imports="sys", around="try:", ends="finally:\n    print('so far', out)",
         last="if NUM == 4:\n    sys.exit(3)\nprint('did', NUM)",
         items=(2, 7, 4, 1, 5)),
    Part("failure-leaves-files", last="""
        if NUM == 4:
            raise LookupError(NUM)
        open(f"done-{NUM}.txt", "w").close()
        """, around="try:", ends="finally:\n    print('so far', out)", items=(9, 7, 4, 1, 2, 3)),
    Part("failure-after-log", top="asked = []", last="asked.append(NUM)\nif NUM == 4:\n    raise LookupError(NUM)",
         around="try:", ends="except LookupError:\n    print(asked)", items=(9, 7, 4, 1, 2, 3)),
    Part("break-leaves-files", last='open(f"done-{NUM}.txt", "w").close()', after="if NUM == 4:\n    break",
         items=(9, 7, 4, 1, 2, 3)),
    Part("break-leaves-list", top="asked = set()", last="asked.add(NUM)", after="if NUM == 4:\n    break",
         report="print(sorted(asked))", items=(9, 7, 4, 1, 2, 3)),
    Part("break-leaves-own-object", top=_JOB, setup="jobs = {number: Job(number) for number in range(10)}",
         given="job=jobs[NUM]",
         last="job.count += 1", after="if NUM == 4:\n    break", report="print([job.count for job in jobs.values()])",
         items=(9, 7, 4, 1, 2, 3)),
)  # fmt: skip

PRODUCTIONS = fixed(*IDENTITY, *TRAVEL, *FAILURES)
