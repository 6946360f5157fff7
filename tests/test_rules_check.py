"""`advisor rules check DIR`: what is wrong with anyone's rules is told with file, line, key and hint, and ends with 2."""

from __future__ import annotations

import json
import re

import pytest

from tests.sampling import sampled
from tests.test_cli import ROOT, Advisor, advisor

__all__ = ["advisor"]

SITE = """\
id: two-sleeps
title: Two sleeps in a row
site: statements
misuse: true
advise: sequential
rule:
  kind: expression_statement
  has: {pattern: time.sleep($A)}
  precedes: {has: {pattern: time.sleep($B)}, stopBy: {not: {kind: comment}}}
message: two sleeps where one would do
why: Two sleeps in a row wait for their sum.
fix: Sleep once.
examples:
  - expect: sequential
    code: |
      import time
      time.sleep(1)
      time.sleep(2)
    after: |
      import time
      time.sleep(3)
  - expect: sequential
    fires: false
    because: something happens in between
    code: |
      import time
      time.sleep(1)
      print("half")
      time.sleep(2)
"""
CALL = """\
id: ledger-in-a-coroutine
title: The ledger is asked in a coroutine
site: blocking-in-async
misuse: true
advise: asyncio
call:
  leads_to: [ledger.Ledger.ask]
  inside: [coroutine]
message: "`{name}` waits for the ledger, and the event loop with it"
why: The ledger answers within a second at best.
fix: Call it through asyncio.to_thread.
examples:
  - expect: asyncio
    line: 4
    code: |
      from ledger import Ledger as Book

      async def balance():
          return Book().ask("balance")
    after: |
      import asyncio
      from ledger import Ledger as Book

      async def balance():
          return await asyncio.to_thread(Book().ask, "balance")
  - expect: sequential
    fires: false
    because: no event loop waits here
    code: |
      from ledger import Ledger

      def balance():
          return Ledger().ask("balance")
"""
CATALOG = """\
package: ledger
about: The books of the house.
calls:
  ledger.Ledger: {effect: none, returns: ledger.Ledger}
  ledger.Ledger.ask: {effect: network}
objects:
  ledger.Ledger: {threads: unsafe, because: documented}
"""
JUDGEMENT = """\
id: ask-the-ledger-once
title: The ledger answers one question at a time
veto: [threading]
strength: strong
when:
  found_by: [for-loop]
  work: [network]
  hazards: {any_of: [thread-unsafe-capture]}
message: the ledger answers one question at a time
why: It keeps one conversation.
examples:
  - expect: sequential
    line: 5
    code: |
      from ledger import Ledger

      def ask_all(questions):
          book = Ledger()
          for question in questions:
              book.ask(question)
  - expect: sequential
    fires: false
    because: a sum asks nobody
    code: |
      def total(numbers):
          result = 0
          for number in numbers:
              result += number
          return result
"""


@pytest.fixture
def good(advisor: Advisor) -> Advisor:
    advisor.write("mine/sites/two-sleeps.yml", SITE)
    advisor.write("mine/sites/ledger-in-a-coroutine.yml", CALL)
    advisor.write("mine/effects/ledger.yml", CATALOG)
    advisor.write("mine/decide/ask-the-ledger-once.yml", JUDGEMENT)
    return advisor


def test_rules_that_hold_what_they_promise(good: Advisor) -> None:
    assert good("rules", "check", "mine") == (0, "mine: all rules are well formed and do what they say\n", "")


def test_they_are_listed_with_the_state_of_their_self_test(good: Advisor) -> None:
    listed = json.loads(good("rules", "--rules", "mine", "--about", "ledger", "--format", "json").out)
    assert [
        (row["slug"], row["kind"], row["advises"], row["examples"], row["self_test"], row["failing"]) for row in listed
    ] == [
        ("ask-the-ledger-once", "judgement", "", 2, "passes", []),
        ("ledger-in-a-coroutine", "misuse", "asyncio", 2, "passes", []),
    ]


@pytest.mark.slow
def test_they_are_explained_before_and_after(good: Advisor) -> None:
    page = good("explain", "ledger-in-a-coroutine", "--rules", "mine").out
    assert page.index("What to do") < page.index("becomes") < page.index("asyncio.to_thread(Book().ask")


@pytest.mark.slow
def test_their_findings_are_told_by_their_slug(good: Advisor) -> None:
    good.write("books.py", "import ledger\n\nasync def balance():\n    return ledger.Ledger().ask('balance')\n")
    report = json.loads(good("analyze", "books.py", "--rules", "mine", "--format", "json").out)
    told = [each for each in report["findings"] if each["rule"] == "ledger-in-a-coroutine"]
    assert [(each["line"], each["model"], each["site"]) for each in told] == [(4, "asyncio", "blocking-in-async")]
    assert told[0]["message"] == "`ledger.Ledger.ask` waits for the ledger, and the event loop with it."
    quiet = good("analyze", "books.py", "--rules", "mine", "--ignore", "ledger-in-a-coroutine", "--format", "json")
    assert [each for each in json.loads(quiet.out)["findings"] if each["rule"] == "ledger-in-a-coroutine"] == []


WRONG = {
    "duplicate key": (
        "sites/two-sleeps.yml", SITE + "title: Again\n", 'two-sleeps.yml:30: "title" is given twice', "line 2",
    ),
    "bare no": (
        "sites/two-sleeps.yml", SITE.replace("misuse: true", "misuse: no"), "two-sleeps.yml:4: a bare no", "quotes",
    ),
    "bare on": (
        "decide/ask-the-ledger-once.yml", JUDGEMENT.replace("strong", "on"), ".yml:4: a bare on is not clear", "quotes",
    ),
    "unknown key": (
        "sites/two-sleeps.yml", SITE.replace("fix:", "fixes:"), 'two-sleeps.yml:12: unknown key "fixes"', '"fix"',
    ),
    "bad ast-grep rule": (
        "sites/two-sleeps.yml", SITE.replace("kind: expression_statement", "kind: expresion_statement"),
        "two-sleeps.yml:6: ast-grep cannot use this rule", "syntax",
    ),
    "regex that does not compile": (
        "sites/two-sleeps.yml", SITE.replace("kind: expression_statement", "regex: '(sleep'"),
        "two-sleeps.yml:6: ast-grep cannot use this rule", "syntax",
    ),
    "guess that does not compile": (
        "effects/ledger.yml", CATALOG + "guesses:\n  - {callee: '(ask', effect: network}\n",
        "ledger.yml:9: guesses[0].callee: not a regular expression", "",
    ),
    "id of the advisor's own": (
        "decide/too-little-work.yml", JUDGEMENT.replace("ask-the-ledger-once", "too-little-work"),
        'too-little-work.yml:1: the id "too-little-work" is used twice', "choose another",
    ),
    "empty file": ("decide/empty.yml", "", "empty.yml: the file is empty", "delete it"),
    "10 MB": ("decide/large.yml", "# " + "x" * 10_000_000, "large.yml: larger than 1 MB", "split it"),
    "exploding aliases": (
        "decide/bomb.yml", "id: bomb\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "bomb.yml:2: anchors and aliases are not allowed", "write it out",
    ),
    "unknown hazard": (
        "decide/ask-the-ledger-once.yml", JUDGEMENT.replace("thread-unsafe-capture", "thread-unsafe-captur"),
        'ask-the-ledger-once.yml:8: when.hazards.any_of[0]: unknown word "thread-unsafe-captur"', "thread-unsafe-capture",
    ),
    "unknown surroundings": (
        "sites/ledger-in-a-coroutine.yml", CALL.replace("[coroutine]", "[corutine]"),
        'ledger-in-a-coroutine.yml:8: call.inside[0]: unknown word "corutine"', '"coroutine"',
    ),
    "nothing to find": (
        "sites/two-sleeps.yml", SITE[: SITE.index("rule:")] + SITE[SITE.index("message:") :],
        "two-sleeps.yml:1: a site rule needs `rule`, `call` or `fact`", "",
    ),
    "no remedy": (
        "sites/two-sleeps.yml", SITE.replace("fix: Sleep once.\n", ""), "a rule that advises must say", "",
    ),
    "placeholder": (
        "sites/two-sleeps.yml", SITE.replace("where one would do", "in {api}"), "{api} cannot be filled", "",
    ),
    "no near-miss": (
        "sites/two-sleeps.yml", SITE[: SITE.index("  - expect: sequential\n    fires")],
        "two-sleeps.yml:14: two-sleeps has no near-miss", "fires: false",
    ),
    "never fires": (
        "sites/two-sleeps.yml", SITE[: SITE.index("  - expect")] + SITE[SITE.index("  - expect: sequential\n    fires") :],
        "two-sleeps has no example in which it fires", "examples",
    ),
    "site rule that does not exist": (
        "decide/ask-the-ledger-once.yml", JUDGEMENT.replace("[for-loop]", "[for-lop]"),
        'found_by names the site rule "for-lop", which does not exist', "for-loop",
    ),
    "example that gets something else": (
        "decide/ask-the-ledger-once.yml", JUDGEMENT.replace("sequential", "threading", 1),
        "ask-the-ledger-once.yml:12: examples[0] of ask-the-ledger-once: expected threading, got sequential", "--all",
    ),
    "near-miss that fires": (
        "sites/two-sleeps.yml", SITE.replace('      print("half")\n', ""),
        "two-sleeps.yml:22: examples[1] of two-sleeps: it fires in line 2", "--all",
    ),
    "remedy that changes nothing": (
        "sites/two-sleeps.yml", SITE.replace("      time.sleep(3)\n", "      time.sleep(1)\n      time.sleep(2)\n"),
        "two-sleeps.yml:14: examples[0] of two-sleeps: it still fires on what the code becomes", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sampled(WRONG, 4))
def test_what_is_wrong_is_told_with_its_place_and_a_hint(good: Advisor, name: str) -> None:
    path, text, told, hint = WRONG[name]
    good.write(f"mine/{path}", text)
    ran = good("rules", "check", "mine")
    line = next((line for line in ran.out.splitlines() if told in line), "")
    assert line, ran.out
    assert hint in line
    assert ran.code == 2


@pytest.mark.parametrize("name", ["duplicate key", "regex that does not compile", "exploding aliases", "10 MB"])
def test_an_analysis_with_broken_rules_ends_with_2(good: Advisor, name: str) -> None:
    path, text, told, hint = WRONG[name]
    good.write(f"mine/{path}", text)
    ran = good("analyze", ".", "--rules", "mine")
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert hint in ran.err


def test_every_broken_file_is_told_at_once(good: Advisor) -> None:
    good.write("mine/sites/two-sleeps.yml", "id: [")
    good.write("mine/decide/ask-the-ledger-once.yml", "")
    assert len(good("rules", "check", "mine").out.splitlines()) == 2


@pytest.mark.slow
def test_the_advisors_own_rules_are_in_order(advisor: Advisor) -> None:
    from advisor.inputs.knowledge import builtin_rules

    ran = advisor("rules", "check", str(builtin_rules()))
    assert ran.code == 0, ran.out


def test_the_examples_for_contributors_are_in_order(advisor: Advisor) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```yaml\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert len(blocks) == 3
    for block in blocks:
        schema = re.search(r"\$schema=\.\./schema/(\w+)\.json", block)
        name = re.search(r"^(?:id|package): (\S+)$", block, re.MULTILINE)
        assert schema is not None
        assert name is not None
        assert (ROOT / "rules/schema" / f"{schema[1]}.json").is_file()
        folder = {"site": "sites"}.get(schema[1], schema[1])
        advisor.write(f"theirs/{folder}/{name[1]}.yml", block)
    ran = advisor("rules", "check", "theirs")
    assert ran.out == "theirs: all rules are well formed and do what they say\n"
    assert ran.code == 0


def test_a_directory_without_rules_is_no_success(advisor: Advisor) -> None:
    ran = advisor("rules", "check", "nowhere")
    assert ran.code == 2
    assert "nowhere" in ran.err


@pytest.mark.parametrize(
    ("option", "word", "hint"), [("--kind", "misuses", "misuse"), ("--advises", "threads", "threading")]
)
def test_a_filter_that_knows_no_such_word_says_so(advisor: Advisor, option: str, word: str, hint: str) -> None:
    ran = advisor("rules", option, word)
    assert ran.code == 2
    assert f'"{word}"' in ran.err
    assert hint in ran.err


def test_filters_narrow_the_list(advisor: Advisor) -> None:
    def slugs(*options: str) -> set[str]:
        return {row.split()[0] for row in advisor("rules", *options).out.splitlines()}

    everything, misuses = slugs(), slugs("--kind", "misuse")
    assert misuses < everything
    assert "task-reference-dropped" in slugs("--kind", "misuse", "--advises", "asyncio", "--about", "TASK")
    assert slugs("--about", "no rule is about this") == set()


def test_nothing_found_is_said_and_no_error(advisor: Advisor) -> None:
    ran = advisor("rules", "--about", "no rule is about this")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith("no rule is like that\n")


def test_libraries_are_listed_and_explained(advisor: Advisor) -> None:
    rows = advisor("rules", "--kind", "library").out.splitlines()
    assert "requests" in {row.split()[0] for row in rows}
    assert json.loads(advisor("rules", "--kind", "library", "--about", "requests", "--format", "json").out)
    page = advisor("explain", "numpy").out
    assert "native code that releases the GIL (cpu-native-nogil): numpy." in " ".join(page.split())
    assert "May be shared by threads: numpy.ndarray" in page
    assert 'did you mean "requests"?' in advisor("explain", "requessts").err
