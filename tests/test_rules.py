"""What stands in `rules/` holds together: every name leads somewhere, every pattern does what its examples say."""

from __future__ import annotations

import builtins
import importlib
import importlib.util
import io
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import threading
import warnings
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from advisor.inputs.knowledge import builtin_rules, load_knowledge
from advisor.inputs.rule_files import read_rule_files
from advisor.inputs.rule_folders import RuleFile, list_rule_files
from advisor.model.catalog import CallEntry, Catalog, CatalogFile, ObjectEntry
from advisor.model.effect import Effect
from advisor.model.facts import Found, ModuleFacts
from advisor.model.fault import Fact, Unsendable
from advisor.model.knowledge import Knowledge
from advisor.model.rule import Example, RangeTest, Rule, SetTest, SiteRule, When
from advisor.model.site import SiteKind
from advisor.model.source import Source
from advisor.stages.extract import check_site, extract, prepare
from tests.knowing import own_rules

RULES = builtin_rules()
SCHEMAS = {"sites": "site.json", "decide": "decide.json", "effects": "effects.json", "words": "words.json",
           "confidence": "confidence.json", "rounds": "rounds.json"}  # fmt: skip


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge((RULES,), check_rule=check_site)


@pytest.fixture(scope="module")
def catalogs() -> list[CatalogFile]:
    contents = json.loads(read_rule_files(file for file in list_rule_files((RULES,)) if file.kind == "effects"))
    return [CatalogFile.model_validate_json(json.dumps(content), strict=True) for content in contents["effects"]]


def _files() -> list[RuleFile]:
    return list(list_rule_files((RULES,)))


# ---- files and schemas


def test_schemas_are_fresh() -> None:
    script = RULES.parent / "scripts" / "generate_schemas.py"
    checked = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_every_file_names_its_schema_in_the_first_line() -> None:
    wrong = []
    for file in _files():
        path = Path(file.path)
        depth = len(path.relative_to(RULES).parts) - 1
        schema = f"{'../' * depth}schema/{SCHEMAS[file.kind]}"
        if not path.read_text(encoding="utf-8").startswith(f"# yaml-language-server: $schema={schema}\n"):
            wrong.append(file.name)
    assert wrong == []


@pytest.mark.parametrize("kind", ["sites", "decide", "words", "confidence", "rounds"])
def test_rules_satisfy_the_schema_that_editors_use(kind: str) -> None:
    schema = Draft202012Validator(json.loads((RULES / "schema" / SCHEMAS[kind]).read_text(encoding="utf-8")))
    for file in _files():
        if file.kind == kind:
            content = yaml.safe_load(Path(file.path).read_text(encoding="utf-8"))
            assert [error.message for error in schema.iter_errors(content)] == [], file.name


def test_the_schema_refuses_what_the_loader_refuses() -> None:
    schema = Draft202012Validator(json.loads((RULES / "schema" / "site.json").read_text(encoding="utf-8")))
    good = {"id": "a-site", "title": "A site", "site": "for", "rule": {"kind": "call"}}
    assert schema.is_valid(good)
    assert not schema.is_valid(good | {"titel": "A site"})
    assert not schema.is_valid(good | {"site": "loop"})


# ---- sites


SITES = own_rules().sites
SHAPED = [rule for rule in SITES if rule.rule is not None]
EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.id}-{at}") for rule in SHAPED for at, example in enumerate(rule.examples)
]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_a_shape_does_what_its_example_says(rule: SiteRule, example: Example) -> None:
    lines = {found.line for found in _matches(rule, example.code)}
    if example.fires and not lines and rule.call is not None:
        return  # told by what its calls lead to, which the self-test of examples sees
    assert bool(lines) == example.fires
    assert not example.fires or example.line is None or example.line in lines


def test_every_pattern_has_an_example_and_a_near_miss() -> None:
    assert [rule.id for rule in SITES if {example.fires for example in rule.examples} != {True, False}] == []


def test_every_site_says_why() -> None:
    assert [rule.id for rule in SITES if not rule.why or rule.title.endswith(".") or len(rule.title) > 80] == []


def test_every_pattern_compiles(knowledge: Knowledge) -> None:
    assert len(knowledge.sites) == len(SITES)
    broken = SHAPED[0].model_copy(update={"rule": {"kind": "no_such_kind"}})
    assert check_site(broken) is not None


def test_loops_and_comprehensions_are_found_once_each() -> None:
    """No two of the structural patterns match the same node."""
    loops = "    for a in x: pass\n    async for b in x: pass\n    while x: pass\n    return {c for c in x}\n"
    code = f"async def f(x):\n{loops}"
    structural = [rule for rule in SITES if rule.site in (SiteKind.FOR, SiteKind.WHILE, SiteKind.COMPREHENSION)]
    assert sorted((found.line, found.rule) for rule in structural for found in _matches(rule, code)) == [
        (2, "for-loop"),
        (3, "async-for-loop"),
        (4, "while-loop"),
        (5, "comprehension"),
    ]


NEAR_MISSES = [
    ("pool-created-in-a-loop", "for a in b:\n    def later():\n        return ThreadPool(2)\n"),
    ("pool-created-in-a-loop", "for a in b:\n    urllib3.PoolManager()\n"),
    ("pool-created-in-a-loop", "while a:\n    pass\nelse:\n    Pool()\n"),
    ("submit-result-in-one-step", "page = pool.submit(get).result()\n"),
    ("submit-result-in-one-step", "for a in pool.submit(get).result():\n    pass\n"),
    ("submit-result-in-one-step", "for a in b:\n    c = pool.submit(get, a).result(timeout=3)\n"),
    ("submit-result-in-one-step", "for a in b:\n    c = pool.submit(get, a)\n    d.result()\n"),
    ("thread-for-a-single-call", "t = Thread(target=f)\nt.start()\ng()\nt.join()\n"),
    ("thread-for-a-single-call", "t = Thread(target=asyncio.run, args=(f(),))\nt.start()\nt.join()\n"),
    (
        "cancellation-swallowed",
        "async def f():\n    while a:\n        try:\n            await g()\n        except KeyError:\n            pass\n",
    ),
    (
        "cancellation-swallowed",
        "async def f():\n    while a:\n        try:\n            g()\n        except:\n            pass\n",
    ),
    (
        "cancellation-swallowed",
        "async def f():\n    try:\n        await g()\n    except BaseException:\n        pass\n",
    ),
    (
        "cancellation-swallowed",
        "async def f():\n    while a:\n        try:\n            await g()\n        except CancelledError as e:\n            error = e\n",
    ),
    (
        "cancellation-swallowed",
        "async def f():\n    while a:\n        try:\n            await shield(g)\n        except CancelledError:\n            continue\n",
    ),
    ("thread-per-item", "for a in range(4):\n    Thread(target=f).start()\n"),
    ("thread-per-item", "Thread(target=lambda: [work(a) for a in b]).start()\n"),
    ("thread-per-item", "for a in Thread(target=f).results:\n    pass\n"),
    ("thread-per-item", "while True:\n    Thread(target=f, args=(server.accept(),)).start()\n"),
    ("process-per-item", "for a in b:\n    subprocess.run(a)\n"),
    ("time-sleep-in-async-def", "def f():\n    time.sleep(1)\n"),
    ("time-sleep-in-async-def", "async def f():\n    g(lambda: time.sleep(1))\n"),
    ("time-sleep-in-async-def", "async def f():\n    await sleep(1)\n"),
    ("asyncio-run-in-loop", "for a in asyncio.run(f()):\n    pass\n"),
    ("asyncio-run-in-loop", "for a in b:\n    loop.run_in_executor(None, f)\n"),
    ("executor-map", "series.map(str)\n"),
    ("executor-map", "pool.map()\n"),
    ("map-call", "x.map(f, y)\n"),
    ("map-call", "mapping(f, y)\n"),
    ("gather-call", "client.gather(futures)\n"),
    ("create-task-in-loop", "for a in b:\n    await asyncio.create_task(f(a))\n"),
]


@pytest.mark.parametrize(("slug", "code"), NEAR_MISSES)
def test_what_only_resembles_a_site_is_left_alone(slug: str, code: str) -> None:
    assert _matches(_site(slug), code) == ()


HITS = [
    (
        "pool-created-in-a-loop",
        "while a:\n    if b:\n        with futures.ProcessPoolExecutor() as p:\n            pass\n",
    ),
    ("submit-result-in-one-step", "x = [pool.submit(f, a).result() for a in b]\n"),
    ("submit-result-in-one-step", "while a:\n    job = pool.submit(f)\n    # wait\n    print(job.result())\n"),
    ("thread-for-a-single-call", "self.t = Thread(target=f)\nself.t.name = n\nself.t.start()\nself.t.join()\n"),
    (
        "cancellation-swallowed",
        "async def f():\n    while a:\n        try:\n            await g()\n        except (OSError, CancelledError):\n            pass\n",
    ),
    (
        "cancellation-swallowed",
        "async def f():\n    while a:\n        try:\n            await g()\n        except BaseException:\n            log()\n",
    ),
    ("thread-per-item", "for i in range(len(urls)):\n    threading.Thread(target=f, args=(urls[i],)).start()\n"),
    ("asyncio-run-in-loop", "x = [loop.run_until_complete(f(a)) for a in b]\n"),
    ("executor-map", "self._pool.map(f, x)\n"),
    ("executor-map", "executor.map(f, x)\n"),
    ("executor-map", "p = mp.Pool(4)\nprint(p.map(f, x))\n"),
    ("pool-map", "with ThreadPool() as p:\n    p.starmap(f, x)\n"),
    ("create-task-in-loop", "x = [create_task(f(a)) for a in b]\n"),
    ("create-task-in-loop", "while a:\n    x.add(asyncio.ensure_future(f()))\n"),
]


@pytest.mark.parametrize(("slug", "code"), HITS)
def test_other_spellings_are_found_too(slug: str, code: str) -> None:
    assert len(_matches(_site(slug), code)) == 1


def _site(slug: str) -> SiteRule:
    return next(rule for rule in SITES if rule.id == slug)


def _matches(rule: SiteRule, code: str) -> tuple[Found, ...]:
    facts = extract(Source("example.py", code), prepare((rule,)))
    assert isinstance(facts, ModuleFacts), facts
    return facts.found


# ---- misuses told by linked code


REPORTED = [rule for rule in SITES if rule.reported]


@pytest.mark.parametrize("rule", REPORTED, ids=lambda rule: rule.id)
def test_a_misuse_is_told_in_whole_sentences_and_shows_the_remedy(rule: SiteRule) -> None:
    assert rule.message[0] in "`{" or rule.message[0].islower()
    assert not rule.message.endswith(".")
    assert len(rule.message) < 140
    for text in (rule.why.strip(), rule.fix.strip(), *filter(None, [rule.when_not])):
        assert text.endswith(".")
    assert all("?" in question for question in rule.ask_first)
    assert rule.sources
    remedies = [example.after for example in rule.examples if example.after]
    assert remedies, "one example shows what the code becomes"
    for remedy in remedies:
        compile(remedy, rule.id, "exec")
    assert all(example.because for example in rule.examples if not example.fires)


def test_every_fact_that_can_be_seen_has_a_rule_that_tells_it() -> None:
    assert {rule.fact for rule in REPORTED if rule.fact} == set(Fact)


def test_every_call_that_a_misuse_names_is_described(knowledge: Knowledge) -> None:
    """A name that the catalog does not know would never be met: what is linked goes by the catalog's spelling."""
    named = {(rule.id, name) for rule in REPORTED if rule.call is not None for name in rule.call.leads_to}
    assert {(rule, name) for rule, name in named if knowledge.catalog.call(name) is None} == set()


def test_everything_that_cannot_be_sent_is_looked_for() -> None:
    wanted = {kind for rule in REPORTED if rule.call is not None for kind in rule.call.hands_over}
    assert wanted == set(Unsendable)


# ---- judgements


def test_every_judgement_has_an_example_that_fires_and_a_near_miss(knowledge: Knowledge) -> None:
    """Code alone cannot make a rule fire that asks for a profile, or one without conditions, which is only quoted."""
    by_code = [rule for rule in knowledge.rules if rule.when != When() and rule.when.share is None]
    assert len(by_code) > len(knowledge.rules) * 0.9
    assert [rule.id for rule in by_code if {example.fires for example in rule.examples} != {True, False}] == []
    assert [rule.id for rule in knowledge.rules if not rule.examples] == []


def test_every_site_rule_that_a_judgement_names_exists(knowledge: Knowledge) -> None:
    known = {rule.id for rule in knowledge.sites}
    named = {(rule.id, slug) for rule in knowledge.rules for when in _conditions(rule) for slug in when.found_by}
    assert named, "some judgements name site rules"
    assert {(rule, slug) for rule, slug in named if slug not in known} == set()


def test_no_condition_contradicts_itself(knowledge: Knowledge) -> None:
    wrong = [rule.id for rule in knowledge.rules for when in _conditions(rule) if not _can_hold(when)]
    assert wrong == []


def test_every_example_is_python(knowledge: Knowledge) -> None:
    examples = [(rule.id, example) for rule in knowledge.sites for example in rule.examples]
    examples += [(rule.id, example) for rule in knowledge.rules for example in rule.examples]
    for slug, example in examples:
        compile(example.code, slug, "exec")
        assert example.line is None or example.line <= example.code.count("\n"), slug


def _conditions(rule: Rule) -> Iterator[When]:
    yield rule.when
    if rule.unless is not None:
        yield rule.unless


def _can_hold(when: When) -> bool:
    for _, test in when:
        if isinstance(test, RangeTest) and test.min is not None and test.max is not None and test.min > test.max:
            return False
        if isinstance(test, SetTest) and not set(test.none_of).isdisjoint((*test.any_of, *test.all_of)):
            return False
    return True


# ---- catalogs


def test_a_catalog_speaks_of_its_own_package(catalogs: list[CatalogFile]) -> None:
    """A key begins with the package or an alias of the file, or is a type that the file says is handed out. Generators
    have no name in the language."""
    stray = []
    for catalog in catalogs:
        own = {catalog.package, *catalog.aliases, *catalog.aliases.values(), *_types(catalog)}
        tops = tuple(
            {name.partition(".")[0] for name in own} | ({"generator"} if catalog.package == "builtins" else set())
        )
        keys = (*catalog.calls, *catalog.objects)
        stray += [f"{catalog.package}: {key}" for key in keys if not key.lstrip("_").startswith(tops)]
    assert stray == []


def test_every_type_that_is_named_is_described(knowledge: Knowledge) -> None:
    catalog = knowledge.catalog
    unknown = {name for name in _types(catalog) if catalog.object(name) is None and not hasattr(builtins, name)}
    assert unknown == set()


def _types(catalog: Catalog | CatalogFile) -> set[str]:
    """The types that entries say are returned, entered, yielded, inherited from or held in attributes."""
    names = {kind for call in catalog.calls.values() for kind in (call.returns, call.yields, call.enters) if kind}
    for entry in catalog.objects.values():
        names.update(filter(None, (entry.yields, *entry.bases, *entry.attributes.values())))
    return names


def test_every_alias_leads_to_something(knowledge: Knowledge) -> None:
    catalog = knowledge.catalog
    names = (*catalog.calls, *catalog.objects)
    prefixes = {name[:at] for name in names for at in _dots(name)} | set(names)
    assert {alias for alias in catalog.aliases if catalog.canonical(alias) not in prefixes} == set()


def test_async_counterparts_are_qualified_names(knowledge: Knowledge) -> None:
    """A counterpart begins with its package, so that it can be imported; one that is described can be awaited."""
    catalog = knowledge.catalog
    offered = {(name, call.async_) for name, call in catalog.calls.items() if call.async_}
    offered |= {(name, entry.async_) for name, entry in catalog.objects.items() if entry.async_}
    assert offered
    packages = {name.partition(".")[0] for name in (*catalog.calls, *catalog.objects)} | NAMED_AS_COUNTERPART_ONLY
    assert {(name, other) for name, other in offered if other.partition(".")[0] not in packages} == set()
    assert {(name, other) for name, other in offered if name == other and not _awaits(catalog, name)} == set()


NAMED_AS_COUNTERPART_ONLY = {"aioftp", "aioodbc", "aiosmtplib"}


def _awaits(catalog: Catalog, name: str) -> bool:
    found = catalog.call(name)
    return name in catalog.objects or (found is not None and found[1].effect is Effect.ASYNC)


def test_the_catalog_is_broad(knowledge: Knowledge) -> None:
    assert len(knowledge.catalog.packages) >= 120


def _dots(name: str) -> list[int]:
    return [at for at, sign in enumerate(name) if sign == "."]


INSTANCES: dict[str, Callable[[], object]] = {
    # what the class itself does not show: set on each instance, handed on to what is inside, or made by a function
    "multiprocessing.synchronize.Lock": multiprocessing.Lock,
    "multiprocessing.synchronize.RLock": multiprocessing.RLock,
    "multiprocessing.synchronize.Semaphore": multiprocessing.Semaphore,
    "socket.DatagramSocket": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    "os._wrap_close": lambda: os.popen("true"),
    "subprocess.Popen.stdout": lambda: io.BufferedReader(io.BytesIO()),
    "subprocess.Popen.stderr": lambda: io.BufferedReader(io.BytesIO()),
    "threading.Condition": threading.Condition,
    "threading.Lock": threading.Lock,
    "threading.RLock": threading.RLock,
    "zlib.Compress": zlib.compressobj,  # the type has no public name
    "zlib.Decompress": zlib.decompressobj,
}
ON_3_11 = pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the catalog keeps names that versions dropped")


@ON_3_11
def test_every_name_of_the_standard_library_exists(knowledge: Knowledge) -> None:
    names = [name for name in (*knowledge.catalog.calls, *knowledge.catalog.objects) if _is_standard(name)]
    assert len(names) > 1000
    assert [name for name in names if not _exists(name)] == []


@ON_3_11
def test_every_type_and_counterpart_of_the_standard_library_exists(knowledge: Knowledge) -> None:
    catalog = knowledge.catalog
    named = {*_types(catalog), *catalog.aliases, *(call.async_ for call in catalog.calls.values() if call.async_)}
    assert [name for name in sorted(named) if _is_standard(name) and not _exists(name)] == []


def test_every_name_of_an_installed_package_exists(knowledge: Knowledge) -> None:
    """A name that a newer version dropped says so in its note; methods of what only subclasses have are no names."""
    catalog = knowledge.catalog
    entries: dict[str, CallEntry | ObjectEntry] = {**catalog.objects, **catalog.calls}
    installed = {top for top in catalog.libraries - sys.stdlib_module_names if _is_installed(top)}
    names = [name for name in entries if name.partition(".")[0] in installed and not _is_gone(entries[name])]
    assert len(names) > 300, "the test environment has some libraries of the catalog"
    assert [name for name in names if not name.startswith(ONLY_IN_SUBCLASSES) and not _exists(name)] == []


ONLY_IN_SUBCLASSES = ("sklearn.base.BaseEstimator.", "PIL.Image.Image._getexif")


def _is_installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def _is_gone(entry: CallEntry | ObjectEntry) -> bool:
    return entry.note is not None and "gone since version" in entry.note


def test_no_two_files_speak_of_the_same_name(catalogs: list[CatalogFile]) -> None:
    for section in ("calls", "objects", "aliases"):
        listed = Counter(name for catalog in catalogs for name in getattr(catalog, section))
        assert [name for name, times in listed.items() if times > 1] == []


def test_a_name_that_does_not_exist_is_noticed() -> None:
    assert _exists("os.path.join")
    assert _exists("socket.socket.recv")
    assert not _exists("os.path.joyn")
    assert not _exists("no_such_module.function")


def _is_standard(name: str) -> bool:
    top = name.partition(".")[0]
    return top in sys.stdlib_module_names and importlib.util.find_spec(top) is not None


def _exists(name: str) -> bool:
    """Whether a qualified name leads to something here; the module is the longest part that can be imported."""
    name = name.removesuffix(".*")
    if name in INSTANCES:
        return True
    owner, _, method = name.rpartition(".")
    if owner in INSTANCES and hasattr(INSTANCES[owner](), method):
        return True
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            with warnings.catch_warnings(action="ignore"):
                found: Any = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError as error:
            if error.name is not None and error.name.partition(".")[0] != parts[0]:
                return True  # it is there, but what it needs is not: an extra that is not installed
            continue
        except ImportError:
            continue
        return _holds(found, parts[length:])
    return False


def _holds(found: Any, names: list[str]) -> bool:
    for name in names:
        if not hasattr(found, name):
            return False
        found = getattr(found, name)
    return True
