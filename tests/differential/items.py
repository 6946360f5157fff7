"""Productions in what is walked: items that others read as well, that the body changes, or that come lazily."""

from __future__ import annotations

from tests.differential.parts import Part, fixed

_JOB = """
    class Job:
        def __init__(self, number):
            self.number = number
            self.count = 0
"""
_LINES = 'with open("in.txt", "w") as file:\n    file.write("3\\n1\\n4\\n0\\n5\\n9\\n2\\n6\\n")'
_STOP = "if NUM == 4:\n    break"

FURTHER = (
    Part("iterator-read-on", setup="source = iter([7, 2, 4, 1, 5, 3])", head="for ITEM in source:", after=_STOP,
         report="print(list(source))"),
    Part("iterator-read-on-by-result", setup="source = iter(range(1, 9))", head="for ITEM in source:",
         after="if GOT % 5 == 3:\n    break",
         report="print(list(source))"),
    Part("iterator-walked-twice", setup="source = iter(range(1, 9))", head="for ITEM in source:", after=_STOP,
         report="for each in source:\n    print('left', each)"),
    Part("generator-read-on", top="def numbers():\n    for number in (7, 2, 4, 1, 5):\n        yield number",
         setup="source = numbers()",
         head="for ITEM in source:", after=_STOP, report="print(next(source))"),
    Part("generator-told", top="def numbers():\n    for number in (7, 2, 4, 1, 5):\n"
         "        print('take', number)\n        yield number",
         head="for ITEM in numbers():", after="print('did', NUM)"),
    Part("generator-cleans-up", top="def numbers():\n    try:\n        yield from (7, 2, 4, 1, 5)\n"
         "    finally:\n        print('closed')",
         head="for ITEM in numbers():", after="print('did', NUM)"),
    Part("generator-pops", setup="jobs = [5, 1, 4, 2, 7]",
         top="def taken(jobs):\n    while jobs:\n        yield jobs.pop()",
         head="for ITEM in taken(jobs):", after=_STOP, report="print(jobs)"),
    Part("generator-reads-state", setup="level = {'by': 0}",
         head="for ITEM in (each + level['by'] for each in (1, 2, 3, 4)):",
         after="level['by'] = GOT % 5", report="print(level)"),
    Part("generator-shares-state", top="pages = {'next': 1}\n\n\ndef numbers():\n    while pages['next'] < 9:\n"
         "        yield pages['next']",
         head="for ITEM in numbers():", last="pages['next'] = NUM + 2"),
    Part("map-with-effect", top="def told(number):\n    print('take', number)\n    return number",
         head="for ITEM in map(told, (7, 2, 4, 1)):",
         after="print('did', NUM)"),
    Part("filter-on-state", setup="done = set()",
         head="for ITEM in filter(lambda each: each % 4 not in done, (7, 2, 3, 4, 6, 8)):",
         after="done.add(NUM % 4)", report="print(sorted(done))"),
    Part("next-in-body", setup="source = iter([7, 2, 4, 1, 5, 3])", head="for ITEM in source:",
         before="label = next(source)",
         after="print(label)"),
    Part("next-after-work", setup="source = iter([7, 2, 4, 1, 5, 3])", head="for ITEM in source:",
         after="print(next(source))"),
    Part("next-by-result", setup="source = iter([7, 2, 4, 1, 5, 3, 8])", head="for ITEM in source:",
         after="if GOT % 2:\n    next(source, None)"),
    Part("next-in-work", setup="source = iter([7, 2, 4, 1, 5, 3])", given="source=source", head="for ITEM in source:",
         last="VALUE += next(source, 0) * 100"),
    Part("file-header-then-rest", setup=f'{_LINES}\nfile = open("in.txt")', head="for ITEM in map(int, file):",
         after=_STOP,
         report="print(repr(file.read()))\nfile.close()"),
    Part("file-lines-read-on", setup=f'{_LINES}\nfile = open("in.txt")', head="for line in file:",
         take="ITEM = int(line)",
         after=_STOP, report="print(repr(file.read()))\nfile.close()"),
    Part("file-next-line", setup=f'{_LINES}\nfile = open("in.txt")', head="for line in file:", take="ITEM = int(line)",
         before="label = next(file)", after="print(label.strip())", report="file.close()"),
    Part("file-readline-loop", setup=f'{_LINES}\nfile = open("in.txt")', head="while line := file.readline():",
         take="ITEM = int(line)",
         after=_STOP, report="print(file.readline())\nfile.close()"),
    Part("csv-rows-read-on", imports="csv",
         setup=f'{_LINES}\nfile = open("in.txt", newline="")\nrows = csv.reader(file)',
         head="for row in rows:", take="ITEM = int(row[0])", after=_STOP, report="print(list(rows))\nfile.close()"),
    Part("zip-of-one-iterator", setup="source = iter([7, 2, 4, 1, 5])", head="for ITEM, other in zip(source, source):",
         after="print(other)", report="print(list(source))"),
    Part("islice-of-iterator", imports="itertools", setup="source = iter(range(1, 9))",
         head="for ITEM in itertools.islice(source, 4):",
         report="print(list(source))"),
    Part("iter-of-callable", setup="jobs = [0, 5, 1, 4, 2]", head="for ITEM in iter(jobs.pop, 0):",
         after="print(len(jobs))",
         report="print(jobs)"),
    Part("endless-count", imports="itertools", setup="source = itertools.count(1)", head="for ITEM in source:",
         after=_STOP,
         report="print(next(source))"),
    Part("endless-generator-told", top="def numbers():\n    number = 0\n    while True:\n        number += 1\n"
         "        print('take', number)\n"
         "        yield number", head="for ITEM in numbers():", after=_STOP),
    Part("queue-drained", imports="queue",
         setup="jobs = queue.Queue()\nfor number in (7, 2, 4, 1):\n    jobs.put(number)",
         head="while not jobs.empty():", take="ITEM = jobs.get()", after=_STOP, report="print(jobs.qsize())"),
    Part("queue-refilled", imports="queue",
         setup="jobs = queue.Queue()\nfor number in (7, 2, 4, 1):\n    jobs.put(number)",
         head="while not jobs.empty():", take="ITEM = jobs.get()", after="if NUM > 4:\n    jobs.put(NUM - 4)"),
    Part("deque-refilled", imports="collections", setup="jobs = collections.deque([7, 2, 4])", head="while jobs:",
         take="ITEM = jobs.popleft()",
         after="if NUM > 3:\n    jobs.extend([NUM - 3, NUM - 1][: GOT % 2 + 1])", report="print(jobs)"),
    Part("stack-refilled-by-work", setup="jobs = [2, 5]", given="jobs=jobs", head="while jobs:",
         take="ITEM = jobs.pop()",
         last="if NUM > 3:\n    jobs.append(NUM - 2)"),
    Part("list-grown-by-body", setup="jobs = [7, 2, 4]", head="for ITEM in jobs:",
         after="if NUM > 4:\n    jobs.append(NUM - 4)",
         report="print(jobs)"),
    Part("list-grown-by-method", top="class Frontier:\n    def __init__(self):\n        self.jobs = [7, 2, 4]\n"
         "\n    def add(self, job):\n"
         "        self.jobs.append(job)", setup="frontier = Frontier()", head="for ITEM in frontier.jobs:",
         after="if NUM > 4:\n    frontier.add(NUM - 4)", report="print(frontier.jobs)"),
    Part("list-grown-by-alias", setup="jobs = [7, 2, 4]\nmore = jobs", head="for ITEM in jobs:",
         after="if NUM > 4:\n    more.append(NUM - 4)",
         report="print(jobs)"),
    Part("list-grown-by-bound-method", setup="jobs = [7, 2, 4]\nadd = jobs.append", head="for ITEM in jobs:",
         after="if NUM > 4:\n    add(NUM - 4)", report="print(jobs)"),
    Part("list-grown-by-work", setup="jobs = [7, 2, 4]", given="jobs=jobs", head="for ITEM in jobs:",
         last="if NUM > 4:\n    jobs.append(NUM - 4)", report="print(jobs)"),
    Part("list-cut-by-body", setup="jobs = [7, 2, 4, 1, 5]", head="for ITEM in jobs:",
         after="if GOT % 2:\n    jobs.pop()", report="print(jobs)"),
    Part("list-item-replaced", setup="jobs = [1, 2, 3, 4, 5]", head="for place, ITEM in enumerate(jobs):",
         after="if place < 4:\n    jobs[place + 1] = GOT % 9 + 1", report="print(jobs)"),
    Part("dict-of-jobs-changed", setup="jobs = {1: 3, 2: 4, 3: 5}", head="for key, ITEM in jobs.items():",
         after="jobs[key % 3 + 1] = GOT % 9 + 1", report="print(jobs)"),
    Part("dict-copy-walked-and-emptied", setup="jobs = {1: 3, 2: 4, 3: 5}", given="left=len(jobs)",
         head="for key, ITEM in list(jobs.items()):",
         last="VALUE += left * 10", after="del jobs[key]", report="print(jobs)"),
    Part("same-object-twice", top=_JOB, setup="first, second = Job(3), Job(5)",
         head="for job in (first, second, first, first, second):",
         take="ITEM = job.number", given="job=job", first="job.count += 1\nserial = job.count",
         last="VALUE += serial * 100",
         report="print(first.count, second.count)"),
    Part("same-object-twice-body", top=_JOB, setup="first, second = Job(3), Job(5)",
         head="for job in (first, second, first, first, second):",
         take="ITEM = job.number", given="job=job", last="VALUE += job.count * 100", after="job.count += GOT % 4",
         report="print(first.count, second.count)"),
    Part("same-list-times", setup="rows = [[2]] * 4", head="for row in rows:", take="ITEM = len(row)", given="row=row",
         last="row.append(NUM)\nVALUE += len(row) * 10", report="print(rows)"),
    Part("linked-objects", top=_JOB, setup="jobs = [Job(number) for number in (7, 2, 4, 1)]\n"
         "for job, following in zip(jobs, jobs[1:]):\n"
         "    job.following = following\njobs[-1].following = None", head="for job in jobs:", take="ITEM = job.number",
         given="job=job",
         last="VALUE += job.count * 10\nif job.following:\n    job.following.count = job.number",
         report="print([job.count for job in jobs])"),
    Part("parent-of-objects", top=_JOB, setup="parent = Job(0)\n"
         "jobs = [Job(number) for number in (7, 2, 4, 1)]\nfor job in jobs:\n"
         "    job.parent = parent", head="for job in jobs:", take="ITEM = job.number", given="job=job",
         last="job.parent.count += 1\nVALUE += job.parent.count * 10", report="print(parent.count)"),
    Part("loop-target-attribute", fields="self.current = 0", head="for ME.current in (7, 2, 4, 1):", take="ITEM = 3",
         last="VALUE += ME.current"),
    Part("loop-target-element", setup="state = [0]", given="state=state", head="for state[0] in (7, 2, 4, 1):",
         take="ITEM = 3",
         last="VALUE += state[0]", report="print(state)"),
    Part("loop-target-global", top="current = 0", head="for current in (7, 2, 4, 1):", take="ITEM = 3",
         last="VALUE += current",
         layouts=("script",)),
    Part("object-that-is-its-iterator", top="""
        class Pages:
            def __init__(self):
                self.at = 0

            def __iter__(self):
                return self

            def __next__(self):
                if self.at >= 6:
                    raise StopIteration
                self.at += 1
                return self.at
        """, setup="pages = Pages()", head="for ITEM in pages:", after="print(pages.at)" + "\n" + _STOP,
        report="print(pages.at)"),
    Part("object-with-getitem", top="""
        class Rows:
            asked = 0

            def __getitem__(self, place):
                Rows.asked += 1
                if place > 5:
                    raise IndexError(place)
                return place + 1
        """, head="for ITEM in Rows():", after=_STOP, report="print(Rows.asked)"),
    Part("enumerate-of-iterator", setup="source = iter([7, 2, 4, 1, 5, 3])",
         head="for place, ITEM in enumerate(source):", after=_STOP,
         report="print(place, list(source))"),
    Part("iterator-on-self", fields="self.source = iter([7, 2, 4, 1, 5])", head="for ITEM in ME.source:", after=_STOP,
         report="print(list(ME.source))"),
    Part("two-loops-on-one-iterator", setup="source = iter([7, 2, 4, 1, 5, 3])\nfor first in source:\n    break",
         head="for ITEM in source:",
         after=_STOP, report="print(first, sum(source))"),
    Part("dict-keys-while-filled-by-work", setup="jobs = {7: 0, 2: 0, 4: 0}", given="jobs=jobs",
         head="for ITEM in jobs:",
         last="jobs[NUM] = sum(jobs.values()) % 10 + 1", report="print(jobs)"),
    Part("files-gone-with-the-next", imports="tempfile", top="""
        def files():
            for number in (7, 2, 4, 1):
                handle = tempfile.NamedTemporaryFile("w+")
                with handle:
                    handle.write("x" * number)
                    handle.flush()
                    yield handle.name
        """, head="for name in files():", take="ITEM = 3", given="name=name",
         last="with open(name) as file:\n    VALUE += len(file.read())"),
    Part("folders-gone-with-the-next", imports="os tempfile", top="""
        def folders():
            for number in (7, 2, 4, 1):
                with tempfile.TemporaryDirectory() as folder:
                    yield os.path.join(folder, str(number))
        """, head="for name in folders():", take="ITEM = 3", given="name=name",
         last="VALUE += os.path.exists(os.path.dirname(name))"),
    Part("walk-pruned-spread", imports="os", setup="for name in ('tree/a/b', 'tree/c/d'):\n    os.makedirs(name)",
         top="def pruned(root, folders, files):\n    folders[:] = [each for each in folders if each in 'ac']\n    return len(folders)",
         head="for entry in os.walk('tree'):", take="ITEM = 3", given="entry=entry", last="VALUE += pruned(*entry)"),
)  # fmt: skip

PRODUCTIONS = fixed(*FURTHER)
