"""What the advisor knows, told in a fixed form: what, why, when not, examples, what to check first, sources.

Everything is written as Markdown, which documentation pages can use as it is; `render` lays it out for a terminal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from rich.console import Console
from rich.markdown import Markdown

from advisor.errors import AdvisorError, did_you_mean
from advisor.model.concurrency import Model
from advisor.model.knowledge import Knowledge
from advisor.model.rule import Example, Rule, SiteRule
from advisor.outputs.characters import to_ascii
from advisor.outputs.libraries import explain_api, explain_library
from advisor.outputs.phrases import duration
from advisor.outputs.view import RulePage

Row = dict[str, Any]


def render(markdown: str, width: int, color: bool, ascii_only: bool = False) -> str:
    """Markdown laid out for a terminal of `width` columns."""
    out = StringIO()
    console = Console(
        file=out, width=width, force_terminal=color, color_system="standard" if color else None, legacy_windows=False
    )
    console.print(Markdown(markdown.replace("# ", "## ", 1), code_theme="ansi_dark", hyperlinks=False))
    text = "".join(f"{line.rstrip()}\n" for line in out.getvalue().rstrip().split("\n"))
    return to_ascii(text) if ascii_only else text


def explain_slug(slug: str, knowledge: Knowledge, others: tuple[str, ...] = ()) -> str:
    """The page of the rule, library or call called `slug`, as Markdown. Raises AdvisorError with the nearest slug or one of `others`."""
    for site in knowledge.sites:
        if site.id == slug:
            return explain_site(site)
    for rule in knowledge.rules:
        if rule.id == slug:
            return explain_rule(rule)
    if slug in knowledge.catalog.about:
        return explain_library(slug, knowledge.catalog)
    api = explain_api(slug, knowledge.catalog)
    if api:
        return api
    hint = did_you_mean(slug, [*others, *knowledge.slugs]) or did_you_mean(slug, knowledge.catalog.about)
    if "." in slug:
        hint = did_you_mean(slug, knowledge.catalog.calls) or hint
    raise AdvisorError(
        f'there is no rule, model, term, known library or call "{slug}"',
        hint or "`advisor rules` lists them all, with `--kind library` the libraries",
    )


def explain_rule(rule: Rule) -> str:
    """A judgement of `rules/decide/` as Markdown."""
    sections = [
        ("", _advice(rule)),
        ("When", _conditions(rule.when.model_dump(mode="json", exclude_defaults=True))),
        ("Unless", _conditions(rule.unless.model_dump(mode="json", exclude_defaults=True)) if rule.unless else ""),
        ("Why", _for_any_place(rule.why)),
        ("When not", rule.when_not),
        ("Alternative", _bullets(f"{other.model.value}: {_for_any_place(other.because)}" for other in rule.also)),
        ("Check before changing", _bullets(map(_for_any_place, rule.ask_first))),
        ("Examples", _examples(rule.examples, rule.id)),
        ("Other linters", _same_fault(rule.noqa)),
        ("Sources", _bullets(rule.sources)),
    ]
    return _page(rule.title, rule.id, sections)


def explain_site(rule: SiteRule) -> str:
    """A site rule of `rules/sites/` as Markdown."""
    kind = "a misuse, whatever the work is" if rule.misuse else f"a site of kind `{rule.site.value}`"
    advice = f" Advises **{rule.advise.value}**, with {rule.confidence.value} confidence." if rule.advise else ""
    sections = [
        ("", f"Marks {kind}.{advice}"),
        ("Why", _for_any_place(rule.why)),
        ("What to do", _for_any_place(rule.fix)),
        ("When not", rule.when_not),
        ("Check before changing", _bullets(map(_for_any_place, rule.ask_first))),
        ("Examples", _examples(rule.examples, rule.id)),
        ("What it looks like", _looks(rule)),
        ("Other linters", _same_fault(rule.noqa)),
        ("Sources", _bullets(rule.sources)),
    ]
    return _page(rule.title, rule.id, sections)


def _same_fault(codes: Sequence[str]) -> str:
    return f"Report this as {', '.join(codes)}; a `# noqa` for them silences this rule too." if codes else ""


def _looks(rule: SiteRule) -> str:
    parts = []
    if rule.rule is not None:
        parts.append(f"```json\n{json.dumps(rule.rule, indent=2, ensure_ascii=False)}\n```")
    if rule.call is not None:
        parts.append("A call, under whatever name it is imported:\n")
        parts.append(_conditions(rule.call.model_dump(mode="json", exclude_defaults=True)))
    if rule.fact is not None:
        parts.append(f"\nWhat linked code shows: {rule.fact.value.replace('-', ' ')}.")
    return "\n".join(parts)


def _for_any_place(text: str) -> str:
    """The text with words in place of the names that only one place has."""
    text = " ".join(text.split())
    for phrase, words in _PHRASES.items():
        text = text.replace(phrase, words)
    return _BLANK.sub(_in_words, text)


def _in_words(blank: re.Match[str]) -> str:
    words = _WORDS[blank["word"]]
    return words[0].upper() + words[1:] if blank["start"] is not None else words


_BLANK = re.compile(r"(?P<start>(?:^|(?<=[.?!] ))(?=.))?`?\{(?P<word>[a-z_]+)\}`?")
_PHRASES = {
    " (line {line})": "",
    " ({batch})": "",
    "line {line}": "that line",
    "its own `{name}`": "one of its own",
    "the same `{name}`": "the same object",
    "calls of `{api}`": "calls",
    "call of `{api}`": "call",
}
_WORDS = {
    "api": "the call",
    "async_counterpart": "its awaitable form",
    "batch": "one call for all",
    "because": "the finding says why",
    "blast_radius": "a part of the project",
    "called": "it",
    "items": "many",
    "line": "that one",
    "name": "it",
}


def list_rules(knowledge: Knowledge) -> tuple[Row, ...]:
    """Every rule as its slug, kind (`site`, `misuse` or `judgement`), title, and the model that it advises (or "")."""
    sites = ((rule.id, "misuse" if rule.misuse else "site", rule.title, rule.advise) for rule in knowledge.sites)
    judgements = ((rule.id, "judgement", rule.title, rule.advise) for rule in knowledge.rules)
    return tuple(
        {"slug": slug, "kind": kind, "title": title, "advises": "" if advise is None else advise.value}
        for slug, kind, title, advise in sorted([*sites, *judgements], key=lambda row: row[0])
    )


def chosen(rows: Iterable[Row], kind: str | None, advises: str | None, about: str | None) -> tuple[Row, ...]:
    """The rows of one kind, model or subject. Raises AdvisorError for a kind or model that does not exist."""
    for option, given, known in (("kind", kind, _KINDS), ("advises", advises, tuple(Model))):
        if given is not None and given not in known:
            hint = did_you_mean(given, known) or f"one of: {', '.join(known)}"
            raise AdvisorError(f'--{option}: there is no {_MEANT[option]} "{given}"', hint)
    wanted = (about or "").lower()
    return tuple(
        row
        for row in rows
        if kind in (None, row["kind"])
        and advises in (None, row["advises"])
        and (wanted in row["slug"].lower() or wanted in row["title"].lower())
    )


_KINDS = ("site", "misuse", "judgement", "library")
_MEANT = {"kind": "kind of rule", "advises": "model"}


def as_text(rows: Iterable[Row]) -> str:
    """The list in three aligned columns, a rule a line."""
    rows = tuple(rows)
    slug, kind = (max((len(row[key]) for row in rows), default=0) for key in ("slug", "kind"))
    return "".join(f"{row['slug']:<{slug}}  {row['kind']:<{kind}}  {row['title']}\n" for row in rows)


def as_json(rows: Iterable[Row]) -> str:
    """The list as JSON."""
    return json.dumps(list(rows), indent=2, ensure_ascii=False) + "\n"


def _page(title: str, slug: str, sections: Iterable[tuple[str, str]]) -> str:
    parts = [f"# {title}", f"`{slug}`"]
    for heading, text in sections:
        if text.strip():
            parts += [f"## {heading}", text.strip()] if heading else [text.strip()]
    return "\n\n".join(parts) + "\n"


def _advice(rule: Rule) -> str:
    advice = [f"Advises **{rule.advise.value}** ({rule.strength})."] if rule.advise else []
    if rule.cautions:
        advice.append(
            f"Asks first where {', '.join(f'**{model.value}**' for model in rule.concerns) or 'a change'} is advised."
        )
    if rule.veto:
        advice.append(f"Rules out {', '.join(f'**{model.value}**' for model in rule.veto)}.")
    if rule.confidence:
        advice.append(f"Never more than {rule.confidence.value} confidence.")
    return " ".join(advice)


def _conditions(conditions: dict[str, Any]) -> str:
    return _bullets(
        f"{key.replace('_', ' ')}: {_condition(value, key in _SECONDS)}" for key, value in conditions.items()
    )


def _condition(value: Any, seconds: bool = False) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{_TESTS.get(test, test)} {_condition(wanted, seconds)}" for test, wanted in value.items())
    if seconds:
        return duration(value)
    if isinstance(value, list):
        return ", ".join(str(word) for word in value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else f"{value}"


_SECONDS = {"per_item", "per_item_surely", "total"}
_TESTS = {"any_of": "any of", "all_of": "all of", "none_of": "none of", "min": "at least", "max": "at most"}


def _examples(examples: Iterable[Example], slug: str) -> str:
    return "\n\n".join(
        f"{_expectation(example, slug)}\n\n{_code(example.code)}"
        + (f"\n\nbecomes\n\n{_code(example.after)}" if example.after else "")
        for example in examples
    )


def _code(text: str) -> str:
    return f"```python\n{text.rstrip()}\n```"


def _expectation(example: Example, slug: str) -> str:
    fires = "" if example.fires else f", and `{slug}` does not apply"
    because = f": {example.because}" if example.because else ""
    return f"**{example.expect.value}**{fires}{because}"


def _bullets(texts: Iterable[str]) -> str:
    return "\n".join(f"- {' '.join(text.split())}" for text in texts)


def page_of(slug: str, knowledge: Knowledge) -> RulePage | None:
    """The page of a rule for formats that carry it with them; None where no rule is called so."""
    for site in knowledge.sites:
        if site.id == slug:
            return RulePage(site.title, _for_any_place(site.why), explain_site(site))
    for rule in knowledge.rules:
        if rule.id == slug:
            return RulePage(rule.title, _for_any_place(rule.why), explain_rule(rule))
    return None
