"""Rounds whose order somebody keeps who is not seen in the loop: the iterator, a limiter, another program, the other side."""

from __future__ import annotations

import pytest

from advisor.model.case import Case
from advisor.model.site import DependenceKind, HazardKind
from tests.linking import linked

HEAD = """
import os, shutil, subprocess, time, requests, web, git, pygit2
from dulwich import porcelain
from requests import get
from django.core.paginator import Paginator

def emptied(names, source):
    shutil.copytree(source, "copy of " + source)
    del names[:]

def feed(url): return get(url).json()
def title(entry): return entry["title"]
def run(command, shell=False): return subprocess.Popen(command, shell=shell).communicate()

class Paced:
    def fetch(self, x):
        wait = self.last + 2 - time.monotonic()
        if wait > 0: time.sleep(wait)
        self.last = time.monotonic()
        return get(x)

class Windowed:
    def fetch(self, x):
        now = time.time()
        while self.moments and now - self.moments[0] > 60: self.moments.popleft()
        if len(self.moments) > 5: time.sleep(60)
        self.moments.append(now)
        return get(x)

class Handing:
    def fetch(self, x):
        self.last = paced(x, self.last)

def paced(x, last):
    now = time.time()
    until = max(now, last + 1)
    time.sleep(until - now)
    get(x)
    return until

class Stamped:
    def fetch(self, x):
        self.socket.send(time.time())
        time.sleep(1)
        return get(x, self.socket)

class Polled:
    def fetch(self, x):
        until = time.monotonic() + 20
        while time.monotonic() < until:
            self.last = get(x)
            if self.last.ok: return self.last
            time.sleep(0.5)

class Until:
    def fetch(self, x):
        self.until = time.monotonic() + 20
        while not get(x).ok and time.monotonic() < self.until: time.sleep(0.5)

class Tried:
    def fetch(self, x):
        for attempt in range(5):
            answer = get(x)
            if answer.ok: return answer
            print(attempt)
            time.sleep(0.5)

class Counted:
    def fetch(self, x):
        for page in range(5):
            answer = get(f"{x}/{page}")
            if not answer.ok: break
            time.sleep(0.5)

class Repeated:
    def fetch(self, x):
        for _ in range(5):
            get(x)
            time.sleep(0.5)

"""


def first(body: str) -> Case:
    """The first site of `work`."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    found = linked(f"{HEAD}def work(xs, a, n):\n{lines}\n")
    return next(case for case, site in zip(found.cases, found.sites, strict=True) if site.function == found.work.id)


@pytest.mark.parametrize(
    ("loop", "tie"),
    [
        ("for folder, folders, files in os.walk(a): emptied(folders, folder)", DependenceKind.CARRIED),
        ("for found in os.walk(a): emptied(found[1], found[0])", DependenceKind.CARRIED),
        ("for folder, folders, files in os.walk(a): emptied(files, folder)", DependenceKind.NONE),
        ("for folder, folders, files in os.walk(a, topdown=False): emptied(folders, folder)", DependenceKind.NONE),
        (
            "for folder, folders, files in os.walk(a):\n"
            "    folders[:] = [each for each in folders if each != n]\n"
            "    shutil.copytree(folder, 'copy of ' + folder)",
            DependenceKind.REDUCTION,  # which folders to go into can be worked out before anything is copied
        ),
    ],
)
def test_the_walk_goes_into_the_folders_that_a_round_leaves(loop: str, tie: DependenceKind) -> None:
    assert first(loop).dependence.kind is tie


PAGES = "pages = Paginator(a, 1000)\nfor x in pages.page_range:\n    page = pages.get_page(x)\n"


@pytest.mark.parametrize(
    ("round_", "tie"),
    [
        ("    requests.post('http://a', json=page)", DependenceKind.UNKNOWN),
        ("    get(page)", DependenceKind.NONE),  # nothing is changed, so no page moves
    ],
)
def test_what_a_round_changes_may_move_the_pages_of_a_query(round_: str, tie: DependenceKind) -> None:
    assert first(PAGES + round_).dependence.kind is tie


@pytest.mark.parametrize(("call", "kind"), [("map(title, feed(a))", "tiny"), ("map(feed, xs)", "network")])
def test_what_a_map_walks_is_worked_out_once(call: str, kind: str) -> None:
    assert first(f"return list({call})").work_kind == kind


@pytest.mark.parametrize(
    ("body", "limited"),
    [
        ("paced = Paced()\nfor x in xs: paced.fetch(x)", True),
        ("paced = Windowed()\nfor x in xs: paced.fetch(x)", True),
        ("paced = Handing()\nfor x in xs: paced.fetch(x)", True),
        ("stamped = Stamped()\nfor x in xs: stamped.fetch(x)", False),
        ("polled = Polled()\nfor x in xs: polled.fetch(x)", False),  # remembers how it went, not when
        ("polled = Until()\nfor x in xs: polled.fetch(x)", False),  # each call sets a moment of its own
        ("polled = Tried()\nfor x in xs: polled.fetch(x)", False),  # asks the same until the answer is good
        ("paced = Counted()\nfor x in xs: paced.fetch(x)", True),
        ("paced = Repeated()\nfor x in xs: paced.fetch(x)", True),
        ("n.web.add_limiter(a)\nfor x in xs: n.web.get(x)", True),
        ("n.mount('https://', LimiterAdapter(1))\nfor x in xs: n.get(x)", True),
        ("a.add_limiter(n)\nfor x in xs: n.web.get(x)", False),
        ("n.mount('https://', Adapter(1))\nfor x in xs: n.get(x)", False),
    ],
)
def test_a_limiter_remembers_when_it_last_ran_or_was_given(body: str, limited: bool) -> None:
    kinds = {hazard.kind for hazard in first(body).hazards}
    assert (HazardKind.RATE_LIMIT in kinds) is limited


@pytest.mark.parametrize(
    ("loop", "belongs"),
    [
        ("for x in xs: get(web.ctx.home + x)", True),
        ("for x in xs:\n    get(x)\n    web.ctx.site.store.delete(x)", True),  # which may be the work
        ("for x in xs:\n    get(x)\n    web.ctx.last = x", False),  # the caller can do that
        ("for x in xs:\n    get(x)\n    web.net.site.store.delete(x)", False),
    ],
)
def test_what_belongs_to_the_thread_is_missing_in_a_worker(loop: str, belongs: bool) -> None:
    kinds = {hazard.kind for hazard in first(loop).hazards}
    assert (HazardKind.THREAD_STATE in kinds) is belongs


@pytest.mark.parametrize(
    ("loop", "tied"),
    [
        ("for x in xs: subprocess.run(['git', 'cherry-pick', x])", True),
        ("for x in xs: subprocess.check_output('git cherry-pick {a}'.format(a=x), shell=True)", True),
        ("for x in xs: os.system(f'git --quiet checkout {x}')", True),
        ("for x in xs: subprocess.run(['git', '-C', n, 'pull', x])", True),
        ("for x in xs: subprocess.run(['git', '-C', x, 'pull'])", False),
        ("for x in xs: subprocess.run(f'git -C {x} pull', shell=True)", False),
        ("for x in xs: subprocess.run(['git', 'pull'], cwd=x)", False),
        ("for x in xs: subprocess.run(['git', 'log', x])", False),
        ("for x in xs: subprocess.run(['git', 'log', '--grep', 'commit', x])", False),
        ("for x in xs: subprocess.run(['git', 'clone', x])", False),
        ("for x in xs: subprocess.run(['apt', '-y', 'install', x])", True),
        ("for x in xs: subprocess.run(['python', '-m', 'pip', 'install', x])", True),
        ("for x in xs: subprocess.run([f'{x}/bin/pip', 'install', n])", False),
        ("for x in xs: subprocess.run(f'{x}/bin/pip install {n}', shell=True)", False),
        ("for x in xs: subprocess.run(['rsync', '-rtu', f'{x}/', str(n)])", True),
        ("for x in xs: subprocess.run(['rsync', '-rtu', x, str(n)])", False),
        ("for x in xs: subprocess.run(['rsync', '-rtu', f'{x}/', f'{n}/{x}'])", False),
        ("for x in xs:\n    command = ['rsync', '-rtu', f'{x}/', str(n)]\n    run(command, shell=False)", True),
        ("for x in xs: run(['hg', 'update', x])", True),
        ("for x in xs: run(['convert', x, n])", False),
        ("repo = git.Repo('.')\nfor x in xs: repo.git.checkout(x)", True),
        ("repo = git.Repo(n)\nfor x in xs: repo.remote(x).pull()", True),
        ("repo = git.Repo(n)\nfor x in xs: repo.heads[x].checkout()", True),
        ("for x in xs:\n    repo = git.Repo('.')\n    repo.git.merge(x)", True),
        ("for x in xs: git.Repo(x).remotes.origin.pull()", False),
        ("repo = git.Repo(n)\nfor x in xs: repo.git.log(x)", False),
        ("repo = git.Repo(n)\nfor x in xs: repo.remote(x).push()", False),
        ("repo = git.Repo(n)\nfor x in repo.remotes: x.fetch()", False),
        ("for x in xs: git.Repo.clone_from(x, x + '.git')", False),
        ("repo = pygit2.Repository(n)\nfor x in xs: repo.checkout(x)", True),
        ("for x in xs: pygit2.Repository(x).checkout('main')", False),
        ("for x in xs: porcelain.pull('.', x)", True),
        ("for x in xs: porcelain.pull(x)", False),
    ],
)
def test_some_programs_may_not_run_twice_on_one_thing(loop: str, tied: bool) -> None:
    assert (first(loop).dependence.kind is DependenceKind.CARRIED) is tied


@pytest.mark.parametrize(
    ("loop", "ordered"),
    [
        ("for rev in range(a, n): requests.post('http://a', json=xs[rev])", True),
        ("for x in n.commits: requests.post('http://a', json=x)", True),
        ("for rev in range(a, n): get(xs[rev])", False),  # nobody is told
        ("for x in xs: requests.post('http://a', json=x)", False),
    ],
)
def test_a_history_is_told_in_order(loop: str, ordered: bool) -> None:
    kinds = {hazard.kind for hazard in first(loop).hazards}
    assert (HazardKind.STEPS in kinds) is ordered


@pytest.mark.parametrize(
    ("loop", "ordered"),
    [
        ("for x in xs: chat.send_message(x)", True),
        ("for x in xs: self.chat.send_message(text=x)", True),
        ("for x in xs: x.send_message('hello')", False),  # each one to somebody else
        ("for x in xs: Chat(x).send_message('hello')", False),
        ("for x in xs: out.append(chat.send_message(x))", False),  # what comes back is looked at
        ("for x in xs: self.send_message(x)", False),
        ("for x in xs: chat.fetch_message(x)", False),
    ],
)
def test_messages_that_the_project_sends_keep_their_order(loop: str, ordered: bool) -> None:
    text = "\n".join(
        [
            "import requests",
            "class Chat:",
            "    def __init__(self, name): self.name = name",
            "    def send_message(self, text): requests.post('https://chat.example/send', data={'text': text})",
            "    def fetch_message(self, text): requests.get(f'https://chat.example/{text}')",
            "class Room(Chat):",
            "    def work(self, xs, chat: Chat, out):",
            "        self.chat = chat",
            f"        {loop}",
        ]
    )
    case = next(case for case in linked(text).cases if case.line == 9)
    assert (HazardKind.MESSAGE_ORDER in {hazard.kind for hazard in case.hazards}) is ordered


@pytest.mark.parametrize(
    ("loop", "ordered"),
    [
        ("for x in xs: await client.post('https://chat.example', json=x)", True),
        ("for x in xs: out.append((await client.post('https://chat.example', json=x)).json())", False),
        ("for x in xs: out.append(await embedded(client, x))", False),  # what comes back is what it is sent for
        ("for x in xs: await embedded(client, x)", True),
        ("for x in xs: await client.get(x)", False),
    ],
)
def test_a_request_whose_answer_is_used_is_no_message(loop: str, ordered: bool) -> None:
    text = "\n".join(
        [
            "import httpx",
            "async def embedded(client: httpx.AsyncClient, x):",
            "    return (await client.post('https://model.example', json=x)).json()",
            "async def work(xs, client: httpx.AsyncClient, out):",
            f"    {loop}",
        ]
    )
    case = next(case for case in linked(text).cases if case.line == 5)
    assert (HazardKind.MESSAGE_ORDER in {hazard.kind for hazard in case.hazards}) is ordered


def test_what_is_done_after_a_failure_is_told_behind_what_was_tried() -> None:
    text = "\n".join(
        [
            "import asyncio, httpx",
            "async def tried(client: httpx.AsyncClient, x):",
            "    for attempt in range(5):",
            "        try: return (await client.post('https://model.example', json=x)).json()",
            "        except httpx.HTTPError: await asyncio.sleep(2 ** attempt)",
            "async def work(xs, client: httpx.AsyncClient, out):",
            "    for x in xs: out.append(await tried(client, x))",
        ]
    )
    case = next(case for case in linked(text).cases if case.line == 7)
    assert [effect.api for effect in case.effects] == ["httpx.AsyncClient.post", "asyncio.sleep"]
    assert not case.effects[0].conditional
