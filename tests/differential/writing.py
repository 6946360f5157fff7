"""Writes a program: the work, what it is called from, and the parts of the productions at their places."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.differential.parts import METHODS, Part, all_rows, rows

HERE = "  # here"  # stands on the line of the site until the program is done
_SLEEP = "{await_}{module}.sleep(0.002 * (10 - NUM % 10))"  # a later item is done sooner
_COMPUTE = """
    mixed = NUM
    for step in range({rounds}):
        mixed = (mixed * 31 + step * NUM) % 1000003
    value += mixed % 7
"""


@dataclass(slots=True)
class Scene:
    """What a program is about: the kind of work, where it stands, its parts, and the names in it."""

    rng: random.Random
    kind: str
    layout: str
    parts: list[Part]
    item: str = field(init=False)
    parameter: str = field(init=False)
    got: str = field(init=False)
    work: str = field(init=False)

    def __post_init__(self) -> None:
        self.item = self.rng.choice(("n", "x", "page"))
        self.parameter = self.rng.choice(("n", "x", "item"))
        self.got = self.rng.choice(("got", "y", "answer"))
        self.work = self.rng.choice(("work", "fetch", "price_of", "score"))

    @property
    def is_method(self) -> bool:
        return self.layout in METHODS

    @property
    def is_async(self) -> bool:
        return self.kind == "coroutine"

    @property
    def define(self) -> str:
        return "async def" if self.is_async else "def"

    @property
    def wait(self) -> str:
        return "await " if self.is_async else ""

    @property
    def owner(self) -> str:
        return "self" if self.layout == "inside" else "worker"

    @property
    def target(self) -> str:
        return f"{self.owner}.{self.work}" if self.is_method else self.work

    def texts(self, name: str) -> list[str]:
        return [text for part in self.parts if (text := getattr(part, name))]

    def text(self, name: str, otherwise: str = "") -> str:
        return next(iter(self.texts(name)), otherwise)

    def given(self) -> list[tuple[str, str]]:
        pairs = [pair.strip().partition("=") for text in self.texts("given") for pair in text.split(", ")]
        return [(name, argument) for name, _, argument in pairs]

    def outside(self) -> dict[str, str]:
        """The words for the code that calls the work."""
        words = {"ITEM": self.item, "NUM": self.item, "GOT": self.got, "ME": self.owner}
        return {**words, "WORK": f"{self.wait}{self.called(self.item)}"}

    def inside(self) -> dict[str, str]:
        """The words for the code of the work."""
        return {"ITEM": self.parameter, "NUM": self.parameter, "VALUE": "value", "ME": "self"}

    def called(self, item: str, target: str | None = None) -> str:
        words = {"ITEM": self.item, "NUM": self.item, "ME": self.owner}
        further = [row for _, argument in self.given() for row in rows(argument, words)]
        return f"{target or self.target}({', '.join([item, *further])})"


def written(scene: Scene, *, tied: bool) -> list[str]:
    """The lines of the program; that of its site ends with HERE. `tied`: what runs at once already may not be used."""
    work, site = list(_work(scene)), _site(scene, tied)
    imports = _imports(scene, "\n".join([*work, *site]))
    lines = [*imports, *(line for text in scene.texts("top") for line in ("", "", *rows(text, {})))]
    main = _main(scene, site, work)
    if scene.is_method:
        lines += ["", "", *_class(scene, work, site)]
    elif scene.layout != "nested":
        lines += ["", "", *work]
    return _tidy([*lines, "", "", *main])


def _imports(scene: Scene, text: str) -> list[str]:
    wanted = {name for texts in scene.texts("imports") for name in texts.split()}
    wanted |= {name for name in ("subprocess", "time", "urllib.request") if f"{name}." in text}
    wanted |= {"concurrent.futures.ThreadPoolExecutor"} if "ThreadPoolExecutor" in text else set()
    wanted |= {"asyncio"} if scene.is_async else set()
    modules = sorted(name for name in wanted if "." not in name or name == "urllib.request")
    names = sorted(name.rpartition(".") for name in wanted.difference(modules))
    return [*(f"import {name}" for name in modules), *(f"from {module} import {name}" for module, _, name in names)]


# ---- the work


def _work(scene: Scene) -> Iterator[str]:
    """The function or method that works, and those by way of which it is called."""
    rng, words = scene.rng, scene.inside()
    deep, apart = rng.choice((0, 0, 1, 2)), rng.choice((False, False, True))
    inner = ["ask", "find"][:deep]
    names = [scene.work, *inner]
    parameters = [scene.parameter, *(name for name, _ in scene.given())]
    signature = ", ".join(["self", *parameters] if scene.is_method else parameters)
    takes_time = rows(_takes_time(scene), words)
    told: list[list[str]] = []
    if apart:
        head = f"{scene.define} pause({'self, ' if scene.is_method else ''}{scene.parameter}):"
        ends = ["    return value"] if scene.kind == "computes" else []
        start = ["    value = 0"] if ends else []
        told.append([head, *start, *(f"    {row}" for row in takes_time), *ends])
        here = "self.pause" if scene.is_method else "pause"
        takes_time = [f"{'value += ' if ends else scene.wait}{here}({scene.parameter})"]
    declared = list(_declared(scene, words))
    body = [f"value = {scene.parameter} * 3 % 17", *declared, *all_rows(_without_declarations(scene, "first"), words),
            *takes_time, *all_rows(_without_declarations(scene, "last"), words),
            *rows(f"return {scene.text('returns', 'VALUE')}", words)]  # fmt: skip
    every = ", ".join([signature, *scene.texts("defaults")])
    told.append([f"{scene.define} {names[-1]}({every}):", *_indented(body)])
    for outer, within in reversed(list(itertools.pairwise(names))):
        callee = f"self.{within}" if scene.is_method else within
        if rng.choice((False, True)):
            rest = [f"    return {scene.wait}{callee}({', '.join(parameters)})"]
        else:
            rest = [f"    found = {scene.wait}{callee}({', '.join(parameters)})", "    return found"]
        told.append([f"{scene.define} {outer}({signature}):", *rest])
    gap = [""] if scene.is_method or scene.layout == "nested" else ["", ""]
    for index, function in enumerate(told):
        yield from [*(gap if index else []), *function]


def _declared(scene: Scene, words: dict[str, str]) -> Iterator[str]:
    for row in all_rows([*scene.texts("first"), *scene.texts("last")], words):
        if row.startswith(("global ", "nonlocal ")):
            yield row


def _without_declarations(scene: Scene, place: str) -> list[str]:
    """The texts of a place; what they declare stands at the head of the function."""
    return ["\n".join(row for row in text.split("\n") if not row.strip().startswith(("global ", "nonlocal ")))
            for text in scene.texts(place)]  # fmt: skip


def _takes_time(scene: Scene) -> str:
    if scene.is_async:
        return _SLEEP.format(await_="await ", module="asyncio")
    if scene.kind == "computes":
        return _COMPUTE.format(rounds=scene.rng.choice((2_000, 20_000, 150_000)))
    sleep = _SLEEP.format(await_="", module="time")
    request = 'urllib.request.urlopen(f"data:,{NUM}").read()'  # a request, to a reader, that asks no server
    return scene.rng.choice((sleep, f"{sleep}\n{request}", f"{request}\n{sleep}",
                             'subprocess.run(["sleep", str((10 - NUM % 10) / 500)], check=True)'))  # fmt: skip


# ---- the loop


def _site(scene: Scene, tied: bool) -> list[str]:
    """From the preparations to the report, not indented."""
    words = scene.outside()
    loop = any(part.needs_loop or part.early for part in scene.parts)
    if loop or scene.rng.choice((True, False)):
        prepared, site = _loop(scene)
    else:
        prepared, site = _short(scene, tied)
    lines = [*all_rows(scene.texts("setup"), words), *prepared]
    around = rows(scene.text("around"), words)
    deep = _depth(around)
    lines += [*around, *_indented(site, deep), *rows(scene.text("ends"), words)]
    return [*lines, "print(out)", *all_rows(scene.texts("report"), words)]


def _depth(around: list[str]) -> int:
    """How far the loop is indented within what is around it: as its last line, and once more if that opens a block."""
    if not around:
        return 0
    last = around[-1]
    return len(last) - len(last.lstrip()) + (4 if last.endswith(":") else 0)


def _numbers(scene: Scene) -> str:
    numbers = scene.text("items") or tuple(scene.rng.sample(range(1, 10), scene.rng.randint(4, 6)))
    return f"[{', '.join(map(str, numbers))}]"


def _loop(scene: Scene) -> tuple[list[str], list[str]]:
    """What stands before a loop with a body, and the loop."""
    rng, words, item = scene.rng, scene.outside(), scene.item
    prepared, take = [], rows(scene.text("take"), words)
    head = rows(scene.text("head"), words)
    deep = 0
    if not head:
        numbers = _numbers(scene)
        spelled = numbers if rng.choice((True, False)) else "numbers"
        prepared = [] if spelled == numbers else [f"numbers = {numbers}"]
        style = rng.choice(("plain", "plain", "enumerate", "sorted", "index", "pop", "range", "nested", "async"))
        match style:
            case "enumerate":
                head = [f"for place, {item} in enumerate({spelled}):"]
            case "sorted":
                head = [f"for {item} in {rng.choice(('sorted', 'reversed', 'tuple'))}({spelled}):"]
            case "index":
                prepared = [f"numbers = {numbers}", "at = 0"]
                head, take = ["while at < len(numbers):"], [f"{item} = numbers[at]", "at += 1"]
            case "pop":
                prepared, head, take = [f"numbers = {numbers}"], ["while numbers:"], [f"{item} = numbers.pop(0)"]
            case "range" if not scene.texts("items"):
                prepared, head = [], [f"for {item} in range(1, {rng.randint(5, 8)}):"]
            case "nested" if not any(part.early for part in scene.parts):
                head, deep = ["for group in (numbers[:2], numbers[2:]):", f"    for {item} in group:"], 4
                prepared = [f"numbers = {numbers}"]
            case _:
                head = [f"for {item} in {spelled}:"]
    call = rows(scene.text("call", "GOT = WORK"), words)
    body = [*take, *all_rows(scene.texts("before"), words), *call, *all_rows(scene.texts("after"), words),
            *rows(scene.text("collect", _collected(scene)), words)]  # fmt: skip
    head[-1] += HERE
    return ["out = []", *prepared], [*head, *_indented(body, deep + 4)]


def _collected(scene: Scene) -> str:
    """How the body keeps what the work gave, where no production has its own way."""
    used = any("out" in text for name in ("call", "after", "before", "ends") for text in scene.texts(name))
    kept = ("out.append(GOT)", "out.append((NUM, GOT))", "out += [GOT]", "out.extend([NUM, GOT])", "out.insert(0, GOT)")
    told = ("print(NUM, GOT)\nout.append(GOT)", "if GOT % 2:\n    out.append(GOT)\nelse:\n    out.append(-GOT)")
    return scene.rng.choice(kept if used else (*kept, *told))


def _short(scene: Scene, tied: bool) -> tuple[list[str], list[str]]:
    """Work without a body: comprehensions, calls that walk, pools and tasks that are there already, awaits in a row."""
    rng, item, numbers = scene.rng, scene.item, _numbers(scene)
    called = f"{scene.wait}{scene.called(item)}"
    walk = f"for {item} in {numbers}"
    shapes = [[f"out = [{called} {walk}]"], [f"out = [{called} {walk} if {item} > 2]"],
              [f"out = {{{item}: {called} {walk}}}"], [f"out = [({item}, {called}) {walk}]"],
              [f"out = sorted([{called} {walk}])"]]  # fmt: skip
    if scene.is_async:
        first, second, third = numbers.strip("[]").split(", ")[:3]
        shapes.append([f"first = await {scene.called(first)}", f"second = await {scene.called(second)}",
                       f"third = await {scene.called(third)}", "out = [first, second, third]"])  # fmt: skip
        if not tied:
            shapes.append([f"out = await asyncio.gather(*({scene.called(item)} {walk}))"])
    else:
        shapes += [[f"out = sum({called} {walk})"], [f"out = max({called} {walk})"],
                   [f"out = '-'.join(str({called}) {walk})"], [f"out = list(enumerate({called} {walk}))"]]  # fmt: skip
        if not scene.given():
            shapes.append([f"out = list(map({scene.target}, {numbers}))"])
            shapes.append(["out = []", f"for answer in map({scene.target}, {numbers}):", "    out.append(answer)"])
        if not tied:
            shapes += _pools(scene, walk)
    shapes += _lazy(scene, called, walk)
    chosen = rng.choice(shapes)
    chosen[1 if chosen[0].startswith(("with ", "out = []", "def ", "async def ")) else 0] += HERE
    return [], chosen


def _lazy(scene: Scene, called: str, walk: str) -> list[list[str]]:
    """A generator whose caller takes what it needs."""
    head = "async for" if scene.is_async else "for"
    made = [f"{scene.define} results():", f"    {walk}:", f"        yield {called}", "", "out = []",
            f"{head} {scene.got} in results():", f"    print({scene.got})", f"    out.append({scene.got})"]  # fmt: skip
    ends = [f"    if {scene.got} % 5 == 3:", "        break"]
    return [made] if any(part.effect for part in scene.parts) else [made, [*made, *ends]]


def _pools(scene: Scene, walk: str) -> list[list[str]]:
    name, _, rest = scene.called(scene.item).partition("(")
    return [
        ["with ThreadPoolExecutor(max_workers=4) as pool:", f"    futures = [pool.submit({name}, {rest} {walk}]",
         "out = [future.result() for future in futures]"],
        *([["with ThreadPoolExecutor(max_workers=4) as pool:",
            f"    out = list(pool.map({name}, {walk.partition(' in ')[2]}))"]] if not scene.given() else []),
    ]  # fmt: skip


# ---- around them


def _class(scene: Scene, work: list[str], site: list[str]) -> list[str]:
    base = "(Base)" if any("class Base:" in text for text in scene.texts("top")) else ""
    lines = [f"class Worker{base}:"]
    fields = all_rows(scene.texts("fields"), {}, 8)
    if fields:
        lines += ["    def __init__(self):", *fields, ""]
    for text in scene.texts("methods"):
        lines += [*rows(text, {}, 4), ""]
    lines += _indented(work)
    if scene.layout == "inside":
        lines += ["", f"    {scene.define} run(self):", *_indented(site, 8)]
    return lines


def _main(scene: Scene, site: list[str], work: list[str]) -> list[str]:
    run = "asyncio.run({})" if scene.is_async else "{}"
    guard = 'if __name__ == "__main__":'
    if scene.layout == "inside":
        return [guard, f"    {run.format('Worker().run()')}"]
    if scene.layout == "script" and not scene.is_async:
        guarded = scene.rng.choice((True, True, False))
        return [guard, *_indented(site)] if guarded else site
    made = ["worker = Worker()"] if scene.layout == "outside" else []
    body = [*work, "", *site] if scene.layout == "nested" else [*made, *site]
    return [f"{scene.define} main():", *_indented(body), "", "", guard, f"    {run.format('main()')}"]


def _indented(lines: list[str], deep: int = 4) -> list[str]:
    return [f"{' ' * deep}{line}" if line else "" for line in lines]


def _tidy(lines: list[str]) -> list[str]:
    """At most two empty lines in a row, and none at either end."""
    told: list[str] = []
    for line in lines:
        if line or (told and told[-2:] != ["", ""]):
            told.append(line)
    while told and not told[-1]:
        told.pop()
    return told
