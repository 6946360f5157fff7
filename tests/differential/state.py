"""Productions with state in memory that the work itself reads and writes: on objects, in globals, closures, iterators."""

from __future__ import annotations

from tests.differential.parts import METHODS, Part, fixed

_METHODS = tuple(METHODS)

ON_SELF = (
    Part("self-setter-then-work", fields="self.current = 0", methods="""
        def set(self, value):
            self.current = value
        """, before="ME.set(NUM)", last="VALUE += ME.current"),
    Part("self-field-then-work", fields="self.current = 0", before="ME.current = NUM", last="VALUE += ME.current * 2"),
    Part("self-fluent-setter", fields="self.current = 0", methods="""
        def using(self, value):
            self.current = value
            return self
        """, before="ME.using(NUM).using(NUM + 1)", last="VALUE += ME.current"),
    Part("self-reset-after-work", fields="self.spent = 0", methods="""
        def reset(self):
            self.spent = 0
        """, first="ME.spent += NUM", last="VALUE += ME.spent", after="ME.reset()"),
    Part("self-counter", fields="self.count = 0", first="ME.count += 1\nserial = ME.count", last="VALUE += serial",
         report="print(ME.count)"),
    Part("self-read-wait-write", fields="self.total = 0", first="known = ME.total", last="ME.total = known + VALUE",
         report="print(ME.total)"),
    Part("self-history", fields="self.history = []", last="ME.history.append(NUM)", report="print(ME.history)"),
    Part("self-last-of-history", fields="self.history = [0]", first="before_this = ME.history[-1]",
         last="VALUE += before_this\nME.history.append(NUM)", report="print(ME.history)"),
    Part("self-best", fields="self.best = 0", last="if VALUE > ME.best:\n    ME.best = VALUE\n    VALUE += 100",
         report="print(ME.best)"),
    Part("class-counter", fields="self.made = 0",
         last="type(ME).made_in_all = getattr(type(ME), 'made_in_all', 0) + 1\n"
         "VALUE += type(ME).made_in_all", report="print(type(ME).made_in_all)"),
    Part("inherited-setter", top="""
        class Base:
            current = 0

            def prepare(self, value):
                self.current = value
        """, before="ME.prepare(NUM)", last="VALUE += ME.current"),
    Part("self-lazily-made", fields="self.first_seen = None",
         first="if ME.first_seen is None:\n    ME.first_seen = NUM",
         last="VALUE += ME.first_seen", report="print(ME.first_seen)"),
    Part("self-slots-stack", fields="self.stack = [5, 4, 3, 2, 1, 0, -1, -2, -3]", first="top = ME.stack.pop()",
         last="VALUE += top", report="print(ME.stack)"),
    Part("self-by-second-name", fields="self.current = 0", setup="same = ME", before="same.current = NUM",
         last="VALUE += ME.current"),
    Part("class-level-list", methods="seen = []", last="ME.seen.append(NUM)\nVALUE += len(ME.seen) * 10",
         report="print(ME.seen)"),
    Part("self-pushed-then-worked", fields="self.pending = []", methods="""
        def push(self, value):
            self.pending.append(value)
        """, before="ME.push(NUM)", last="VALUE += ME.pending.pop() * 10", report="print(ME.pending)"),
    Part("self-scoped", fields="self.depth = 0", imports="contextlib", methods="""
        @contextlib.contextmanager
        def deeper(self, by):
            self.depth += by
            yield
        """, before="with ME.deeper(NUM):\n    pass", last="VALUE += ME.depth"),
)  # fmt: skip

GLOBAL = (
    Part("global-counter", top="done = 0", first="global done\ndone += 1\nserial = done", last="VALUE += serial",
         report="print(done)"),
    Part("global-read-wait-write", top="spent = 0", first="global spent\nbefore_this = spent",
         last="spent = before_this + NUM", report="print(spent)"),
    Part("global-budget", top="spent = 0", first="global spent\nallowed = spent + NUM <= 12",
         last="if allowed:\n    spent += NUM\nelse:\n    VALUE = 0", report="print(spent)"),
    Part("global-previous", top="previous = None", first="global previous",
         last="VALUE = (VALUE, previous)[0] + (previous or 0)\n"
         "previous = NUM", report="print(previous)"),
    Part("global-list", top="seen = []", last="seen.append(NUM)\nVALUE += len(seen)", report="print(seen)"),
    Part("global-list-order", top="seen = []", last="seen.append(NUM)", report="print(seen)"),
    Part("global-dict-order", top="found = {}", last="found[NUM] = VALUE", report="print(found)"),
    Part("visited-set", top="visited = set()", first="fresh = NUM % 4 not in visited", last="if fresh:\n"
         "    visited.add(NUM % 4)\nelse:\n    VALUE = -1", report="print(sorted(visited))"),
    Part("memo-counts", top="memo = {}\nasked = []", first="key = NUM % 3",
         last="if key not in memo:\n    asked.append(NUM)\n    memo[key] = NUM\nVALUE += memo[key]",
         report="print(asked, memo)"),
    Part("first-comes-wins", top="owner = {}", last="VALUE += owner.setdefault(NUM % 3, NUM)", report="print(owner)"),
    Part("bounded-cache", top="recent = {}",
         last="recent[NUM] = VALUE\nif len(recent) > 2:\n    del recent[next(iter(recent))]",
         report="print(recent)"),
    Part("function-attribute", top="def tally():\n    return tally.calls\n\n\ntally.calls = 0",
         first="tally.calls += 1\nserial = tally.calls", last="VALUE += serial", report="print(tally.calls)"),
    Part("mutable-default", top="def remember(value, known=[]):\n    known.append(value)\n    return list(known)",
         last="VALUE += sum(remember(NUM)) * 10"),
    Part("mutable-default-dict", last="VALUE += place_of(NUM)",
         top="def place_of(value, places={}):\n    places[value] = len(places)\n    return places[value]"),
    Part("mutable-default-of-work", defaults="seen=[]", last="seen.append(NUM)\nVALUE += len(seen) * 10"),
    Part("memo-default-of-work", defaults="known={}", first="key = NUM % 3", last="""
        if key not in known:
            known[key] = NUM
        VALUE += known[key]
        """),
    Part("default-of-work-written", top='level = {"by": 0}', defaults="level=level", before='level["by"] = NUM',
         last='VALUE += level["by"] * 10'),
    Part("counter-object", top="tally = collections.Counter()", imports="collections", last="tally[NUM % 3] += 1\n"
         "VALUE += tally[NUM % 3] * 10", report="print(tally)"),
    Part("default-dict-groups", top="groups = collections.defaultdict(list)", imports="collections",
         last="groups[NUM % 3].append(NUM)", report="print(dict(groups))"),
    Part("deque-of-recent", top="recent = collections.deque(maxlen=3)", imports="collections",
         last="recent.append(NUM)\nVALUE += sum(recent)", report="print(recent)"),
    Part("deque-rotates", top="servers = collections.deque('abc')", imports="collections",
         first="server = servers[0]\nservers.rotate(-1)", last="VALUE += ord(server)", report="print(servers)"),
    Part("heap", top="heap = [9, 9, 9]", imports="heapq",
         last="heapq.heappush(heap, NUM)\nVALUE += heapq.heappop(heap)",
         report="print(heap)"),
    Part("queue-of-tokens", top="tokens = queue.Queue()\nfor token in range(20):\n    tokens.put(token)",
         imports="queue",
         first="token = tokens.get()", last="VALUE += token * 10", report="print(tokens.qsize())"),
    Part("stack-of-tokens", top="tokens = list(range(20))", first="token = tokens.pop()", last="VALUE += token * 10",
         report="print(tokens)"),
    Part("balance-in-dict", top='account = {"balance": 20}', first='left = account["balance"]',
         last='if left >= NUM:\n    account["balance"] = left - NUM\nelse:\n    VALUE = -1', report="print(account)"),
    Part("sorted-insert", top="ranking = []", imports="bisect",
         last="bisect.insort(ranking, VALUE)\nVALUE += ranking.index(VALUE) * 100", report="print(ranking)"),
    Part("state-machine", top='state = "idle"', first="global state\nwas = state\nstate = 'odd' if NUM % 2 else 'even'",
         last="VALUE += len(was) * 10", report="print(state)"),
    Part("method-set-by-its-name", top="class Scale:\n    def of(self, number):\n        return number\n\n\n"
         "measured = []\n\n\ndef counted(self, number):\n    measured.append(number)\n    return number + len(measured) * 10",
         setup='setattr(Scale, "of", counted)', last="VALUE += Scale().of(NUM)", report="print(measured)"),
    Part("running-average", top="average = 0.0\ncount = 0", last="global average, count\ncount += 1\n"
         "average += (VALUE - average) / count", report="print(count, round(average, 6))"),
)  # fmt: skip

ITERATORS = (
    Part("global-itertools-count", top="serials = itertools.count(1)", imports="itertools",
         last="VALUE += next(serials) * 10",
         report="print(next(serials))"),
    Part("global-generator", top="def tickets():\n    number = 0\n    while True:\n        number += 3\n"
         "        yield number\n\n\n"
         "ticket = tickets()", first="mine = next(ticket)", last="VALUE += mine * 10"),
    Part("given-iterator", setup="serials = iter(range(100, 200))", given="serials=serials",
         last="VALUE += next(serials)",
         report="print(next(serials))"),
    Part("global-cycle", top="hosts = itertools.cycle([1, 2, 3])", imports="itertools", first="host = next(hosts)",
         last="VALUE += host * 100"),
    Part("self-iterator", fields="self.serials = iter(range(100))", first="serial = next(ME.serials)",
         last="VALUE += serial * 10", report="print(next(ME.serials))"),
    Part("generator-sent-to", top="def averager():\n    total = 0\n    while True:\n        total += yield total\n\n\n"
         "running = averager()\nnext(running)", last="VALUE += running.send(NUM)", report="print(running.send(0))"),
    Part("closure-counter", top="def counter():\n    count = 0\n\n    def up():\n        nonlocal count\n"
         "        count += 1\n"
         "        return count\n\n    return up\n\n\nnumber = counter()", first="serial = number()",
         last="VALUE += serial * 10",
         report="print(number())"),
    Part("nonlocal-counter", setup="count = 0", first="nonlocal count\ncount += 1\nserial = count",
         last="VALUE += serial * 10", report="print(count)", layouts=("nested",)),
    Part("nonlocal-list", setup="seen = []", last="seen.append(NUM)\nVALUE += len(seen) * 10", report="print(seen)",
         layouts=("nested",)),
    Part("nonlocal-written-by-body", setup="level = 0", before="level = NUM", last="VALUE += level",
         layouts=("nested",)),
    Part("lambda-over-state", setup="level = [0]\ncurrent = lambda: level[0]", given="current=current",
         before="level[0] = NUM", last="VALUE += current()"),
    Part("reading-lines", setup='with open("words.txt", "w") as file:\n    file.write("one\\nfour4\\nseven77\\n'
         'five5\\nthree\\n" * 3)\n'
         'words = open("words.txt")', given="words=words", first="line = words.readline()",
         last="VALUE += len(line) * 10", report="print(repr(words.readline()))\nwords.close()"),
    Part("string-io", setup="told = io.StringIO()", imports="io", given="told=told", last='told.write(f"{NUM};")',
         report="print(told.getvalue())"),
    Part("shared-buffer", setup="buffer = bytearray(1)", given="buffer=buffer", first="buffer[0] = NUM",
         last="VALUE += buffer[0]"),
    Part("shared-list-given", setup="kept = []", given="kept=kept", last="kept.append(NUM)\nVALUE += len(kept) * 10",
         report="print(kept)"),
    Part("shared-object-given", setup="meter = Meter()", given="meter=meter", top="""
        class Meter:
            def __init__(self):
                self.units = 0

            def use(self, units):
                self.units += units
                return self.units
        """, last="VALUE += meter.use(NUM)", report="print(meter.units)"),
    Part("note-on-shared-object", setup="notes = Notes()", given="notes=notes", top="""
        class Notes:
            def __init__(self):
                self.kept = []

            def note(self, value):
                self.kept.append(value)
        """, after="notes.note(GOT)", last="VALUE += sum(notes.kept) % 11", report="print(notes.kept)"),
)  # fmt: skip

CARRIED = (
    Part("carried-argument", setup="previous = 0", given="previous=previous", last="VALUE += previous",
         after="previous = GOT % 7",
         report="print(previous)"),
    Part("carried-by-index", setup="chain = [0]", given="previous=chain[-1]", last="VALUE += previous",
         after="chain.append(GOT % 7)", report="print(chain)"),
    Part("carried-condition", setup="total = 0", before="if total > 20:\n    continue", after="total += GOT",
         last="VALUE += 1\nprint('asked', NUM)", report="print(total)"),
    Part("carried-length", setup="chain = []", given="place=len(chain)", last="VALUE += place",
         after="chain.append(GOT)"),
    Part("carried-accumulated", setup="total = 0", given="total=total", last="VALUE += total % 5", after="total += GOT",
         report="print(total)"),
    Part("carried-swap", setup="old, new = 0, 1", given="old=old", last="VALUE += old", after="old, new = new, GOT % 9",
         report="print(old, new)"),
    Part("carried-flag", setup="failed = False", given="failed=failed", last="VALUE = -1 if failed else VALUE",
         after="failed = failed or GOT % 3 == 0", report="print(failed)"),
)  # fmt: skip

PRODUCTIONS = fixed(*ON_SELF, *GLOBAL, *ITERATORS, *CARRIED)
