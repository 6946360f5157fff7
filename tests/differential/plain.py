"""Productions that tie nothing: what ordinary loops have, and the near misses of those that do tie.

Those with an `effect` leave something of their own for each item outside, harmless as long as no round runs too many.
"""

from __future__ import annotations

from tests.differential.parts import Part, fixed

_SYNC = ("waits", "computes")
_LINE = 'with open(f"out-{NUM}.txt", "w") as file:\n    file.write(f"{VALUE}\\n")'

_INPUTS = "for number in range(10):\n    with open(f'in-{number}.txt', 'w') as file:\n        file.write(f'{number}\\n{number + 2}\\n')"

PRODUCTIONS = fixed(
    Part("in-a-block", False, setup=_INPUTS, call="""
        with open(f"in-{NUM}.txt") as file:
            GOT = WORK + len(file.read())
            print("read", GOT)
            if GOT % 3 == 0:
                out.append(-GOT)
        """),
    Part("in-a-block-that-counts", False, setup=f"{_INPUTS}\ncount = 0\nlongest = ''", call="""
        with open(f"in-{NUM}.txt") as file:
            lines = file.readlines()
            GOT = WORK + len(lines)
            # the longest of all
            count += GOT
            if len(lines[-1]) > len(longest):
                longest = lines[-1]
        """, report="print(count, longest)"),
    Part("in-a-block-that-is-read-on", False, imports="csv", setup=_INPUTS, call="""
        with open(f"in-{NUM}.txt") as file:
            rows = csv.reader(file)
            GOT = WORK
            for row in rows:
                GOT += int(row[0])
        """),
    Part("in-a-block-that-deletes", False, imports="os tempfile", call="""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "some.txt")
            with open(path, "w") as file:
                file.write(str(NUM))
            GOT = WORK
            with open(path) as file:
                GOT += len(file.read())
        """),
    Part("in-a-block-with-a-test", False, setup=_INPUTS, call="""
        with open(f"in-{NUM}.txt") as file:
            GOT = -1
            if file.readline() > "2":
                GOT = WORK
                print("so far", out)
        """),
    Part("in-a-block-that-fails", False, setup=_INPUTS, items=(9, 7, 4, 1, 2, 3), early=True, around="try:", call="""
        with open(f"in-{NUM}.txt") as file:
            GOT = WORK + int(file.readline())
            if NUM == 4:
                raise LookupError(NUM)
        """, ends="except LookupError as error:\n    print('stopped', error, out)"),
    Part("read-only-table", False, top='rates = {"base": 3, "more": 4}', last='VALUE += rates["base"]'),
    Part("read-only-given", False, setup='rates = {"base": 3}\nalias = rates', given="rates=rates",
         last='VALUE += rates["base"]',
         report="print(alias)"),
    Part("read-only-object", False, top="class Rate:\n    def __init__(self, base):\n        self.base = base\n"
         "\n    def of(self, value):\n"
         "        return value * self.base", setup="rate = Rate(3)", given="rate=rate", last="VALUE = rate.of(VALUE)"),
    Part("read-only-field", False, fields="self.base = 4", last="VALUE += ME.base"),
    Part("read-only-default", False, top="def raised(value, by=(1, 2, 3)):\n    return value + sum(by)",
         last="VALUE = raised(VALUE)"),
    Part("written-not-read", False, setup='totals = {"sum": 0}', after='totals["sum"] += GOT', report="print(totals)"),
    Part("written-not-read-by-alias", False, setup="kept = []\nalso = kept", after="also.append(GOT)",
         report="print(kept)"),
    Part("written-not-read-by-object", False,
         top="class Tally:\n    def __init__(self):\n        self.units = 0\n\n    def add(self, units):\n"
         "        self.units += units", setup="tally = Tally()", after="tally.add(GOT)", report="print(tally.units)"),
    Part("best-in-body", False, setup="best = None", after="if best is None or GOT > best:\n    best = GOT",
         report="print(best)"),
    Part("groups-in-body", False, setup="groups = {}", after="groups.setdefault(GOT % 3, []).append(NUM)",
         report="print(groups)"),
    Part("counter-in-body", False, imports="collections", setup="counts = collections.Counter()",
         after="counts[GOT % 4] += 1",
         report="print(counts)"),
    Part("numbered-in-body", False, setup="count = 0", before="count += 1", after="print(count, GOT)",
         report="print(count)"),
    Part("print-in-body", False, after='print("did", NUM, GOT)'),
    Part("print-before-in-body", False, before='label = f"item {NUM}"', after="print(label)"),
    Part("log-in-body", False, imports="logging sys",
         setup='logging.basicConfig(stream=sys.stdout, format="%(message)s", level="INFO")',
         after='logging.info("did %s", NUM)'),
    Part("file-in-body", False, setup='log = open("log.txt", "w")', after='log.write(f"{NUM} {GOT}\\n")',
         report="log.close()"),
    Part("own-file", False, last=_LINE, effect=True),
    Part("own-file", False, imports="pathlib", last='pathlib.Path(f"out-{NUM}.txt").write_text(str(VALUE))',
         effect=True),
    Part("own-folder", False, imports="os",
         last='os.makedirs(f"out/{NUM}", exist_ok=True)\nopen(f"out/{NUM}/done", "w").close()', effect=True),
    Part("own-file-of-child", False, imports="os", last='os.system(f"echo {NUM} > child-{NUM}.txt")', effect=True),
    Part("own-random", False, imports="random", last="dice = random.Random(NUM)\nVALUE += dice.randrange(100)"),
    Part("own-list", False, last="rows = [NUM]\nrows.extend(range(NUM))\nrows.sort()\nVALUE += rows[-1]"),
    Part("own-object", False, top="class Parser:\n    def __init__(self, text):\n"
         "        self.text, self.at = text, 0\n\n    def next(self):\n"
         "        self.at += 1\n        return self.text[self.at - 1]",
         last="parser = Parser(str(VALUE))\nVALUE += int(parser.next())"),
    Part("own-generator", False, top="def steps(number):\n    for step in range(number):\n        yield step * step",
         last="VALUE += sum(steps(NUM))"),
    Part("own-decimal-context", False, imports="decimal",
         last="with decimal.localcontext() as context:\n    context.prec = 4\n"
         "    VALUE += len(str(decimal.Decimal(1) / (NUM + 6)))"),
    Part("own-counter", False, imports="itertools",
         last="serials = itertools.count(NUM)\nVALUE += next(serials) + next(serials)"),
    Part("own-argument", False, before="rows = [NUM]", given="rows=rows", last="rows.append(VALUE)",
         after="print(rows)", kinds=("waits",)),
    Part("own-failure", False, last="try:\n    VALUE += 10 // (NUM % 3)\nexcept ZeroDivisionError:\n    VALUE += 1"),
    Part("own-recursion", False, top="def depth(number):\n    return 0 if number < 2 else 1 + depth(number // 2)",
         last="VALUE += depth(NUM)"),
    Part("own-closure", False, last="def plus(more):\n    return 2 * more\n\nVALUE += plus(NUM)"),
    Part("string-work", False, imports="json", last='VALUE += len(json.dumps({"key": [NUM] * 3}))'),
    Part("pure-lru-cache", False, imports="functools",
         top="@functools.lru_cache\ndef tripled(value):\n    return value * 3",
         last="VALUE += tripled(NUM % 3)"),
    Part("skips-some", False, before="if NUM % 3 == 0:\n    continue"),
    Part("skips-after", False, after="if GOT % 4 == 0:\n    continue"),
    Part("ends-early", False, after="if GOT % 5 == 3:\n    break", early=True),
    Part("caught", False, last="if NUM % 3 == 0:\n    raise ValueError(NUM)",
         call="try:\n    GOT = WORK\nexcept ValueError as error:\n"
         "    out.append(str(error))\n    continue"),
    Part("caught-with-own-exception", False, top="class Refused(Exception):\n    pass",
         last="if NUM % 3 == 0:\n    raise Refused(NUM)",
         call="try:\n    GOT = WORK\nexcept Refused as error:\n    GOT = -1\n    print('refused', error)"),
    Part("caught-else-finally", False, last="if NUM % 4 == 0:\n    raise ValueError(NUM)",
         call="try:\n    GOT = WORK\nexcept ValueError:\n"
         "    GOT = -2\nelse:\n    GOT += 1\nfinally:\n    print('asked', NUM)"),
    Part("work-for-some", False, call="if NUM % 2:\n    GOT = WORK\nelse:\n    GOT = NUM"),
    Part("work-twice", False, call="GOT = WORK\nif NUM % 2:\n    GOT += WORK"),
    Part("fails-and-ends", False, last="if NUM == 4:\n    raise LookupError(NUM)", items=(9, 7, 4, 1, 2, 3),
         early=True, around="try:",
         ends="finally:\n    print('so far', out)"),
    Part("caught-outside", False, last="if NUM == 4:\n    raise LookupError(NUM)", items=(9, 7, 4, 1, 2, 3), early=True,
         around="try:", ends="except LookupError as error:\n    print('stopped', error, out)"),
    Part("over-files", False, imports="os",
         setup="for number in (3, 1, 4):\n    with open(f'in-{number}.txt', 'w') as file:\n"
         "        file.write(str(number))", head="for name in sorted(os.listdir('.')):",
         take="if not name.startswith('in-'):\n    continue\n"
         "ITEM = int(name[3:-4])", kinds=_SYNC),
    Part("over-dict", False, setup="jobs = {'a': 3, 'b': 1, 'c': 4}", head="for key, ITEM in jobs.items():",
         after="print(key)"),
    Part("over-pairs", False, head="for ITEM, label in zip([3, 1, 4, 5], 'abcd'):", after="print(label)"),
    Part("over-objects", False, top="class Job:\n    def __init__(self, number):\n        self.number = number\n"
         "        self.result = None",
         setup="jobs = [Job(number) for number in (3, 1, 4, 5)]", head="for job in jobs:", take="ITEM = job.number",
         after="job.result = GOT",
         report="print([job.result for job in jobs])"),
    Part("over-own-objects", False, top="class Job:\n    def __init__(self, number):\n"
         "        self.number = number\n        self.count = 0",
         setup="jobs = [Job(number) for number in (3, 1, 4, 5)]", head="for job in jobs:", take="ITEM = job.number",
         given="job=job",
         last="job.count += VALUE", report="print([job.count for job in jobs])", kinds=("waits",)),
    Part("over-pure-generator", False, head="for ITEM in (each * 2 % 9 + 1 for each in (3, 1, 4, 5)):"),
    Part("over-a-source-that-fails", False, top="def numbers():\n    yield from (3, 1, 4)\n    raise LookupError('no more')",
         around="try:", ends="except LookupError as error:\n    print(out, error)", head="for ITEM in numbers():"),
    Part("over-a-strict-zip", False, around="try:", ends="except ValueError as error:\n    print(out, error)",
         head="for ITEM, label in zip([3, 1, 4, 5], 'abc', strict=True):", after="print(label)"),
    Part("context-of-its-own", False, imports="decimal",
         last="with decimal.localcontext(decimal.Context(prec=2)):\n    VALUE += int(decimal.Decimal(NUM * 100) / 3)"),
    Part("database-of-its-own", False, imports="sqlite3",
         last='with sqlite3.connect(":memory:") as db:\n    VALUE += db.execute("select ? + 1", (NUM,)).fetchone()[0]'),
    Part("lock-around-alone", False, imports="threading", setup="guard = threading.Lock()", around="with guard:",
         kinds=("waits",)),
    Part("over-async-generator", False, top="""
        async def numbers():
            for number in (3, 1, 4, 5):
                await asyncio.sleep(0.001)
                yield number
        """, head="async for ITEM in numbers():", kinds=("coroutine",)),
    Part("behind-a-semaphore", False, setup="gate = asyncio.Semaphore(2)", call="async with gate:\n    GOT = WORK",
         kinds=("coroutine",)),
    Part("returns-early", False, after='if GOT % 5 == 3:\n    print("enough", out)\n    return', early=True,
         layouts=("function", "nested", "outside", "inside")),
    Part("over-popped-list", False, setup="jobs = [3, 1, 4, 5]", head="while jobs:", take="ITEM = jobs.pop()",
         report="print(jobs)"),
)  # fmt: skip
