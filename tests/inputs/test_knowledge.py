"""Rule files are read strictly: each misfit is one error with file, line, key and hint, and nothing else is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from advisor.inputs.knowledge import builtin_rules, load_knowledge
from advisor.model.catalog import Basis
from advisor.model.effect import Effect
from advisor.model.rounds import UNCOUNTED, Walked
from advisor.model.rule import SiteRule

SITE = """\
id: a-site
title: A site
site: for
rule: {kind: for_statement}
"""
JUDGEMENT = """\
id: a-rule
title: A rule
advise: threading
when:
  work: [network]
why: Waits overlap.
examples:
  - expect: threading
    code: |
      on = "yes"
\tpass
"""
CATALOG = """\
package: web
about: A library.
calls:
  web.get: {effect: network}
"""
GOOD = {"sites/a-site.yml": SITE, "decide/a-rule.yml": JUDGEMENT.replace("\tpass\n", ""), "effects/web.yml": CATALOG}

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes rule files below the current folder; a value of bytes is written as it is."""
    monkeypatch.chdir(tmp_path)

    def write_files(files: dict[str, str | bytes], folder: str = "rules") -> Path:
        for name, content in files.items():
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path / folder

    return write_files


def refused(directory: Path, *others: Path) -> AdvisorError:
    with pytest.raises(AdvisorError) as caught:
        load_knowledge((directory, *others))
    assert caught.value.exit_code == 2
    assert "\n" not in caught.value.title + caught.value.hint
    return caught.value


def test_all_three_kinds_are_loaded(write: Write) -> None:
    knowledge = load_knowledge((write(GOOD),))
    assert [rule.id for rule in knowledge.sites] == ["a-site"]
    assert [rule.id for rule in knowledge.rules] == ["a-rule"]
    assert knowledge.rules[0].examples[0].code == 'on = "yes"\n'
    assert knowledge.catalog.calls["web.get"].effect is Effect.NETWORK


def test_rules_come_in_the_order_of_their_slugs(write: Write) -> None:
    first = write(GOOD)
    second = write({"sites/a-hut.yml": SITE.replace("a-site", "a-hut")}, "mine")
    assert [rule.id for rule in load_knowledge((first, second)).sites] == ["a-hut", "a-site"]


def test_the_built_in_rules_load() -> None:
    knowledge = load_knowledge((builtin_rules(),))
    assert "for-loop" in {rule.id for rule in knowledge.sites}
    assert "requests.get" in knowledge.catalog.calls


SCALARS = """\
package: web
about: "12"
calls:
  web.get: {effect: network, callback: 0x1F, because: measured}
  web.head: {effect: network, callback: "0", batch: null}
  web.put: {effect: network, batch: 1.5.2}
"""


def test_scalars_follow_the_core_of_yaml_1_2(write: Write) -> None:
    calls = load_knowledge((write({"effects/web.yml": SCALARS}),)).catalog.calls
    assert (calls["web.get"].callback, calls["web.get"].because) == (31, Basis.MEASURED)
    assert (calls["web.head"].callback, calls["web.head"].batch) == ("0", None)
    assert calls["web.put"].batch == "1.5.2"


def test_numbers_with_an_exponent_are_numbers(write: Write) -> None:
    text = GOOD["decide/a-rule.yml"].replace("  work: [network]", "  per_item: {min: 1e-3, max: 2}")
    when = load_knowledge((write({"decide/a-rule.yml": text}),)).rules[0].when
    assert when.per_item is not None
    assert (when.per_item.min, when.per_item.max) == (0.001, 2)


def test_a_byte_order_mark_is_no_error(write: Write) -> None:
    assert load_knowledge((write({"effects/web.yml": b"\xef\xbb\xbf" + CATALOG.encode()}),)).catalog.packages == {"web"}


RULE = GOOD["decide/a-rule.yml"]


MISFITS = {
    "unknown key": (RULE.replace("advise:", "advice:"), 3, 'unknown key "advice"', 'did you mean "advise"?'),
    "unknown key inside": (RULE.replace("  work:", "  wrok:"), 5, 'unknown key "wrok" in when', 'did you mean "work"?'),
    "unknown key in a list": (RULE + "    fire: true\n", 11, 'unknown key "fire" in examples[0]', '"fires"'),
    "unknown word": (RULE.replace("threading", "threads", 1), 3, 'advise: unknown word "threads"', '"threading"'),
    "unknown word in a list": (
        RULE.replace("[network]", "[netwrk]"),
        5,
        'when.work[0]: unknown word "netwrk"',
        '"network"',
    ),
    "word of two lines": (RULE.replace("threading", '"a\\nb"', 1), 3, 'unknown word "a b"', "one of: asyncio"),
    "word far from all": (RULE.replace("threading", "sorcery", 1), 3, '"sorcery"', "one of: asyncio, multiprocessing"),
    "missing key": (RULE.replace("title: A rule\n", ""), 1, '"title" is missing', "add `title: …`"),
    "number for text": (RULE.replace("A rule", "12"), 2, "title: should be a valid string", 'write "12" in quotes'),
    "text for a list": (RULE.replace("[network]", "network"), 5, "when.work: should be a list", "write [network]"),
    "text for a truth": (RULE + '    fires: "true"\n', 11, "examples[0].fires: should be a valid boolean", ""),
    "bare no as a key": (RULE.replace("  work:", "  no:"), 5, "a bare no is not clear", '"no" in quotes'),
    "bare on as text": (RULE.replace("A rule", "on"), 2, "a bare on is not clear", '"on" in quotes'),
    "bare Yes in a list": (RULE.replace("[network]", "[Yes]"), 5, "a bare Yes is not clear", '"Yes" in quotes'),
    "true as a key": (RULE.replace("  work:", "  true:"), 5, "the key true is not text", "in quotes"),
    "number as a key": (RULE.replace("  work:", "  3:"), 5, "the key 3 is not text", "in quotes"),
    "list as a key": (RULE.replace("  work:", "  [a]:"), 5, "a key must be text", ""),
    "key twice": (RULE + "title: Again\n", 11, '"title" is given twice', "line 2"),
    "key twice inside": (RULE.replace("  work:", "  work: []\n  work:"), 6, '"work" is given twice', "line 5"),
    "key without value": (RULE.replace("A rule", ""), 2, '"title" has no value', "remove the line"),
    "anchor": (RULE.replace("[network]", "&waits [network]"), 5, "anchors and aliases are not allowed", "write it out"),
    "alias": (RULE.replace("[network]", "*waits"), 5, "anchors and aliases are not allowed", "write it out"),
    "merge key": (RULE.replace("  work:", "  <<:"), 5, 'unknown key "<<" in when', ""),
    "tag": (
        RULE.replace("A rule", "!!python/name:os.system x"),
        2,
        "the tag tag:yaml.org,2002:python/name",
        "leave it out",
    ),
    "tab": (RULE.replace("  work:", "\twork:"), 5, "a tab in the indentation", "indent with spaces"),
    "two documents": (RULE + "---\nid: other\n", 11, "a second document", "its own file"),
    "list": ("- a\n- b\n", 1, "the file must be a mapping", "id: my-rule"),
    "text": ("just words\n", 1, "the file must be a mapping", "id: my-rule"),
    "broken": (RULE.replace("A rule", "a: b"), 2, "not valid YAML: mapping values", "quote text"),
    "unclosed": (RULE.replace("[network]", "[network"), 6, "not valid YAML", "quote text"),
    "control character": (RULE.replace("A rule", "A\x01rule"), 2, "not valid YAML: control characters", "remove"),
    "endless number": (RULE.replace("  work: [network]", "  items: {min: 1e999}"), 5, "1e999 is too large", "no limit"),
    "infinite number": (
        RULE.replace("  work: [network]", "  items: {min: .inf}"),
        5,
        "when.items.min: should be a valid number",
        "",
    ),
    "placeholder": (RULE.replace("Waits overlap", "Use {batch}"), 1, "{batch} cannot be filled", ""),
    "not its file's name": (
        RULE.replace("a-rule", "b-rule"),
        1,
        'the id "b-rule" is not the name of the file',
        '"a-rule"',
    ),
    "not a slug": (RULE.replace("a-rule", "A_rule"), 1, 'id: "A_rule" is not well formed', "joined by hyphens"),
    "no advice": (RULE.replace("advise: threading\n", ""), 1, "a rule must advise a model, veto some, or ask", ""),
}


@pytest.mark.parametrize(("text", "line", "title", "hint"), MISFITS.values(), ids=MISFITS)
def test_a_misfit_is_told_with_its_line_and_a_hint(write: Write, text: str, line: int, title: str, hint: str) -> None:
    error = refused(write({"decide/a-rule.yml": text}))
    assert error.title.startswith(f"rules/decide/a-rule.yml:{line}: ")
    assert title in error.title
    assert hint in error.hint


def test_further_misfits_of_the_file_are_counted(write: Write) -> None:
    error = refused(write({"decide/a-rule.yml": RULE.replace("advise:", "advice:").replace("title:", "titel:")}))
    assert error.title == 'rules/decide/a-rule.yml:2: unknown key "titel"'
    assert error.hint == 'did you mean "title"?; 2 more in this file'


CATALOG_MISFITS = {
    "effect": (CATALOG.replace("network", "netwrk"), 4, 'calls.web.get.effect: unknown word "netwrk"', '"network"'),
    "key": (CATALOG.replace("effect:", "efect:"), 4, 'unknown key "efect" in calls.web.get', '"effect"'),
    "name": (CATALOG.replace("web.get", "web-get"), 4, '"web-get" in calls is not a qualified name', "package.module"),
    "type": (
        CATALOG.replace("network", "network, returns: 3x"),
        4,
        'returns: "3x" is not well formed',
        "package.module",
    ),
}


@pytest.mark.parametrize(("text", "line", "title", "hint"), CATALOG_MISFITS.values(), ids=CATALOG_MISFITS)
def test_a_misfit_in_a_catalog_is_told(write: Write, text: str, line: int, title: str, hint: str) -> None:
    error = refused(write({"effects/web.yml": text}))
    assert error.title.startswith(f"rules/effects/web.yml:{line}: ")
    assert title in error.title
    assert hint in error.hint


PATTERN_MISFITS = {
    "matcher": ("rule: {kid: call}", 4, 'unknown key "kid" in rule', '"kind"'),
    "deep": (
        "rule:\n  any:\n    - kind: call\n    - not: {patern: f()}",
        7,
        'unknown key "patern" in rule.any[1].not',
        '"pattern"',
    ),
    "relation": ("rule:\n  kind: call\n  inside: {kind: block, stopby: end}", 6, 'unknown key "stopby"', '"stopBy"'),
    "relation only": ("rule: {kind: call, stopBy: end}", 4, 'unknown key "stopBy" in rule', "one of: all, any"),
    "no list": ("rule:\n  all: {kind: call}", 5, "rule.all must be a list of rules", "begin each with"),
    "no mapping": ("rule:\n  not: call", 5, "rule.not: a rule must be a mapping", "pattern"),
    "constraint": (
        "rule: {pattern: f($A)}\nconstraints: {A: {regx: x}}",
        5,
        'unknown key "regx" in constraints.A',
        '"regex"',
    ),
}


@pytest.mark.parametrize(("text", "line", "title", "hint"), PATTERN_MISFITS.values(), ids=PATTERN_MISFITS)
def test_a_misspelt_pattern_is_told(write: Write, text: str, line: int, title: str, hint: str) -> None:
    error = refused(write({"sites/a-site.yml": SITE.replace("rule: {kind: for_statement}", text)}))
    assert error.title.startswith(f"rules/sites/a-site.yml:{line}: ")
    assert title in error.title
    assert hint in error.hint


def test_a_pattern_that_ast_grep_refuses_is_told(write: Write) -> None:
    directory = write(GOOD)

    def no_loops(rule: SiteRule) -> str | None:
        return "no such kind" if rule.rule == {"kind": "for_statement"} else None

    with pytest.raises(AdvisorError, match=r"^rules/sites/a-site.yml:4: ast-grep cannot use this rule: no such kind$"):
        load_knowledge((directory,), check_rule=no_loops)
    assert load_knowledge((directory,), check_rule=lambda _: None).sites


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "   \n"])
def test_an_empty_file_is_refused(write: Write, text: str) -> None:
    assert refused(write({"decide/a-rule.yml": text})).title == "rules/decide/a-rule.yml: the file is empty"


def test_text_that_is_not_utf_8_is_refused(write: Write) -> None:
    error = refused(write({"decide/a-rule.yml": RULE.replace("A rule", "Eine Übung").encode("latin-1")}))
    assert (error.title, error.hint) == ("rules/decide/a-rule.yml:2: not UTF-8 text", "save the file as UTF-8")


def test_a_large_file_is_not_even_read(write: Write) -> None:
    error = refused(write({"decide/a-rule.yml": RULE + "#" * 1_000_000}))
    assert error.title == "rules/decide/a-rule.yml: larger than 1 MB"


@pytest.mark.parametrize("text", ["id: " + "[" * 100_000, "? " * 5_000, "id:\n  " + "- " * 5_000])
def test_deep_nesting_ends_in_an_error(write: Write, text: str) -> None:
    assert "decide/a-rule.yml:" in refused(write({"decide/a-rule.yml": text})).title


def test_an_id_used_twice_names_both_files(write: Write) -> None:
    error = refused(write({**GOOD, "decide/a-site.yml": RULE.replace("a-rule", "a-site")}))
    assert error.title == 'rules/decide/a-site.yml:1: the id "a-site" is used twice'
    assert "rules/sites/a-site.yml:1" in error.hint


def test_an_id_of_another_directory_cannot_be_used_again(write: Write) -> None:
    error = refused(write(GOOD), write({"decide/a-rule.yml": RULE}, "mine"))
    assert error.title == 'mine/decide/a-rule.yml:1: the id "a-rule" is used twice'
    assert "rules/decide/a-rule.yml:1" in error.hint


def test_a_users_catalog_extends_and_overrides(write: Write) -> None:
    mine = "package: web\nabout: Mine.\ncalls:\n  web.get: {effect: disk}\n  web.put: {effect: network}\n"
    catalog = load_knowledge((write(GOOD), write({"effects/web.yml": mine}, "mine"))).catalog
    assert catalog.calls["web.get"].effect is Effect.DISK
    assert catalog.calls["web.put"].effect is Effect.NETWORK


def test_one_directory_describes_an_api_once(write: Write) -> None:
    error = refused(write({**GOOD, "effects/web_again.yml": CATALOG}))
    assert error.title == 'rules/effects/web_again.yml:4: "web.get" is described twice'
    assert "rules/effects/web.yml:4" in error.hint


def test_the_same_directory_twice_counts_once(write: Write) -> None:
    directory = write(GOOD)
    assert len(load_knowledge((directory, directory)).rules) == 1


STRAYS = {
    "loose": (
        {"loose.yml": RULE},
        "rules/loose.yml: a rule file that is not in sites/, decide/ or effects/",
        "move it",
    ),
    "misspelt": ({"decides/a-rule.yml": RULE, **GOOD}, "rules/decides: unknown folder among the rules", '"decide"'),
    "nothing": ({"README.md": "# Rules"}, "no rules in this directory", "*.yml files in sites/"),
}


@pytest.mark.parametrize(("files", "title", "hint"), STRAYS.values(), ids=STRAYS)
def test_no_rule_file_is_overlooked(write: Write, files: dict[str, str | bytes], title: str, hint: str) -> None:
    error = refused(write(files))
    assert title in error.title
    assert hint in error.hint


def test_files_that_are_no_rules_are_left_alone(write: Write) -> None:
    others = {
        ".pre-commit-config.yaml": "repos: []",
        "docs/a.md": "x",
        "tests/data.yml": "- 1",
        ".github/ci.yml": "on: push",
    }
    assert load_knowledge((write({**GOOD, **others}),)).rules


def test_a_directory_that_is_missing_is_told(tmp_path: Path) -> None:
    assert refused(tmp_path / "nowhere").title == f"{tmp_path / 'nowhere'}: cannot be read: No such file or directory"


def test_words_of_all_directories_are_joined(write: Write) -> None:
    first = write({**GOOD, "words.yml": "locks: [lock, mutex]\n"})
    second = write({"effects/book.yml": CATALOG.replace("web", "book"), "words.yml": "locks: [verrou]\n"}, "mine")
    assert load_knowledge((first, second)).catalog.words.locks == {"lock", "mutex", "verrou"}
    assert load_knowledge((second,)).catalog.words.bars == frozenset()


def test_a_group_of_words_that_nobody_asks_for_is_refused(write: Write) -> None:
    error = refused(write({**GOOD, "words.yml": "lock: [mutex]\n"}))
    assert error.title.startswith('rules/words.yml:1: unknown key "lock"')
    assert "locks" in error.hint


def test_a_word_is_in_lower_case(write: Write) -> None:
    assert refused(write({**GOOD, "words.yml": "locks: [Mutex]\n"})).title.startswith("rules/words.yml:1:")


ROUNDS = "priors:\n  other: {low: 1, expected: 7, high: 90}\n"


def test_of_two_tables_of_rounds_the_later_one_counts(write: Write) -> None:
    first = write({**GOOD, "rounds.yml": ROUNDS})
    second = write({"effects/book.yml": CATALOG.replace("web", "book"), "rounds.yml": ROUNDS.replace("7", "8")}, "mine")
    assert load_knowledge((first, second)).catalog.rounds.of(Walked.OTHER).expected == 8
    assert load_knowledge((first,)).catalog.rounds.of(Walked.FOLDER).expected == 7


def test_without_a_table_of_rounds_nothing_is_known_of_them(write: Write) -> None:
    assert load_knowledge((write(GOOD),)).catalog.rounds is UNCOUNTED


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (ROUNDS.replace("7", "0.5"), 2),  # below `low`
        (ROUNDS.replace("other", "others"), 2),
        (ROUNDS.replace("other", "range"), 1),  # and nothing stands for what is not listed
    ],
)
def test_a_table_of_rounds_that_makes_no_sense_is_refused(write: Write, text: str, line: int) -> None:
    assert refused(write({**GOOD, "rounds.yml": text})).title.startswith(f"rules/rounds.yml:{line}: ")
