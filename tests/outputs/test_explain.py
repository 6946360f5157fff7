"""Rules and models explained in a fixed form."""

from __future__ import annotations

import re

import pytest

from advisor.errors import AdvisorError
from advisor.model.catalog import Catalog
from advisor.model.confidence import Calibration
from advisor.model.knowledge import Knowledge
from advisor.model.rule import Rule, SiteRule
from advisor.outputs.explain import as_json, as_text, explain_rule, explain_site, explain_slug, list_rules, render
from tests.knowing import own_rules

SITE = SiteRule.model_validate(
    {
        "id": "for-loop",
        "title": "A for loop",
        "site": "for",
        "rule": {"kind": "for_statement"},
        "why": "Iterations in turn.",
    }
)
MISUSE = SITE.model_copy(update={"id": "pool-in-a-loop", "title": "A pool for each item", "misuse": True})
RULE = Rule.model_validate(
    {
        "id": "waits-overlap",
        "title": "Independent waits overlap on threads",
        "advise": "threading",
        "strength": "strong",
        "when": {
            "site": ["for"],
            "hazards": {"none_of": ["shared-write", "rate-limit"]},
            "items": {"min": 5},
            "gil": True,
        },
        "unless": {"batch": True},
        "why": "A waiting thread\nreleases the GIL.",
        "when_not": "The server counts.",
        "also": [{"model": "asyncio", "because": "for hundreds"}],
        "ask_first": ["How many at once?"],
        "sources": ["https://docs.python.org/3/library/threading.html"],
        "examples": [{"code": "for u in us:\n    get(u)\n", "expect": "threading"}],
    }
)
KNOWLEDGE = Knowledge(
    sites=(SITE, MISUSE),
    rules=(RULE,),
    catalog=Catalog(()),
    calibration=Calibration(base=0, weights={}, high=0.9, medium=0.5),
)


def test_the_codes_of_other_linters_are_named_where_there_are_any() -> None:
    told = "Report this as ASYNC210, RUF006; a `# noqa` for them silences this rule too."
    codes = {"noqa": ("ASYNC210", "RUF006")}
    assert told in explain_rule(RULE.model_copy(update=codes))
    assert told in explain_site(MISUSE.model_copy(update=codes))
    assert "noqa" not in explain_rule(RULE) + explain_site(MISUSE)


def test_a_judgement_has_every_part_in_order() -> None:
    page = explain_rule(RULE)
    headings = [line for line in page.splitlines() if line.startswith("#")]
    assert headings == [
        "# Independent waits overlap on threads",
        *(
            f"## {name}"
            for name in (
                "When",
                "Unless",
                "Why",
                "When not",
                "Alternative",
                "Check before changing",
                "Examples",
                "Sources",
            )
        ),
    ]
    for part in (
        "`waits-overlap`",
        "Advises **threading** (strong).",
        "- hazards: none of shared-write, rate-limit",
        "- items: at least 5",
        "- gil: yes",
        "- batch: yes",
        "- asyncio: for hundreds",
        "```python\nfor u in us:\n    get(u)\n```",
        "- https://docs.python.org/3/library/threading.html",
    ):
        assert part in page


def test_parts_that_are_missing_leave_no_heading() -> None:
    bare = RULE.model_copy(update={"unless": None, "when_not": "", "also": (), "ask_first": (), "sources": ()})
    page = explain_rule(bare)
    assert "## Unless" not in page
    assert "## Alternative" not in page
    assert "## Why" in page


def test_vetoes_and_cautions_say_what_they_do() -> None:
    veto = RULE.model_copy(update={"advise": None, "veto": ("threading",)})
    assert "Rules out **" in explain_rule(
        Rule.model_validate(veto.model_dump(exclude={"veto"}) | {"veto": ["asyncio"]})
    )
    caution = Rule.model_validate(RULE.model_dump(exclude={"advise"}) | {"concerns": ["asyncio"]})
    assert "Asks first where **asyncio** is advised." in explain_rule(caution)


def test_a_site_shows_what_it_looks_like() -> None:
    assert '"kind": "for_statement"' in explain_site(SITE)
    assert "Marks a site of kind `for`." in explain_site(SITE)
    assert "Marks a misuse, whatever the work is." in explain_site(MISUSE)


def test_slugs_are_found_or_the_nearest_is_named() -> None:
    assert explain_slug("waits-overlap", KNOWLEDGE) == explain_rule(RULE)
    assert explain_slug("for-loop", KNOWLEDGE) == explain_site(SITE)
    with pytest.raises(AdvisorError) as caught:
        explain_slug("asyncoi", KNOWLEDGE, ("asyncio",))
    assert caught.value.hint == 'did you mean "asyncio"?'


def test_every_rule_of_ours_can_be_explained() -> None:
    ours = own_rules()
    for row in list_rules(ours):
        page = explain_slug(row["slug"], ours)
        assert page.startswith(f"# {row['title']}\n\n`{row['slug']}`\n\n")
        assert "\n## Why\n" in page
        assert "\n## Examples\n" in page
        prose = re.sub(r"^(```|## What it looks like).*?^```$", "", page, flags=re.DOTALL | re.MULTILINE)
        assert re.findall(r"\{[a-z_]+\}", prose) == []


def test_what_only_a_place_can_tell_is_told_in_words() -> None:
    rule = RULE.model_copy(
        update={
            "why": "`{api}` waits (line {line}).",
            "ask_first": ("May each have its own `{name}`? `{name}` waits.",),
        }
    )
    page = explain_rule(rule)
    assert "The call waits." in page
    assert "May each have one of its own? It waits." in page


def test_the_list() -> None:
    rows = list_rules(KNOWLEDGE)
    assert [(row["slug"], row["kind"]) for row in rows] == [
        ("for-loop", "site"),
        ("pool-in-a-loop", "misuse"),
        ("waits-overlap", "judgement"),
    ]
    assert as_text(rows).splitlines()[0] == "for-loop        site       A for loop"
    assert '"slug": "waits-overlap"' in as_json(rows)
    assert as_text([]) == ""


def test_laid_out_for_a_terminal() -> None:
    page = explain_rule(RULE)
    text = render(page, 60, color=False)
    assert text.startswith("Independent waits overlap on threads\n")
    assert "A waiting thread releases the GIL." in text
    assert max(map(len, text.splitlines())) <= 60
    assert "\x1b[" in render(page, 60, color=True)
    assert render(page, 60, color=False, ascii_only=True).isascii()
