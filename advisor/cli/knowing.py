"""The commands that show what the advisor knows: explain, rules, rules check."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from advisor.cli.console import complain, progress_shown, write_out
from advisor.cli.options import (
    About,
    Advises,
    Cores,
    Directory,
    Kind,
    ListFormat,
    ProfileFile,
    ProjectRoot,
    Python,
    Rules,
    Topic,
    as_json,
    cores_of,
    project_settings,
    rule_directories,
    to_settings,
)

if TYPE_CHECKING:
    from advisor.model.knowledge import Knowledge
    from advisor.placing import Place


def explain(
    topic: Topic,
    rules: Rules = None,
    target_python: Python = None,
    cores: Cores = None,
    profile: ProfileFile = None,
    project: ProjectRoot = None,
) -> None:
    """Explain a rule, a model, a library or a place.

    A rule: what it means, when it holds and when not, with examples. A model of execution: what it is good for, what
    it costs, where it ends. A library: what its calls do, and whether its objects may be shared. A place (PATH:LINE):
    everything known of what begins on that line, also where it is best left as it is.
    """
    from advisor.inputs.guides import read_guides
    from advisor.inputs.terminal import this_terminal
    from advisor.outputs.explain import explain_slug, render
    from advisor.placing import place_in

    place = place_in(topic)
    if place is not None:
        given = dict(rules=rules, target_python=target_python, **cores_of(cores), profile=profile, project=project)
        _explain_place(place, given)
        return
    terminal, guides = this_terminal(), read_guides()
    page = guides.get(topic) or explain_slug(topic, _knowledge(rules=rules), tuple(guides))
    write_out(render(page, terminal.width, terminal.color, terminal.ascii_only))


def _explain_place(place: Place, given: dict[str, Any]) -> None:
    from advisor.cli.reporting import view_of
    from advisor.inputs.project import Project
    from advisor.inputs.remembered import user_cache
    from advisor.model.format import Format
    from advisor.outputs import full
    from advisor.pipeline import examine, report
    from advisor.placing import findings_at

    around = Project.around((place.path,), given["project"])
    settings = to_settings(around.root, **given, all=True, format=Format.FULL)
    with progress_shown() as progress:
        seen = examine((place.path,), settings, progress, cache=user_cache())
    known = report(seen, settings)
    findings = findings_at(place, known, seen.project.relative(os.path.abspath(place.path)))
    shown = known.model_copy(update={"findings": tuple(findings)})
    write_out(full.places(findings, known.target.cores, view_of(shown, seen, settings)))


def list_rules(
    context: typer.Context,
    kind: Kind = None,
    advises: Advises = None,
    about: About = None,
    rules: Rules = None,
    format: ListFormat = None,
) -> None:
    """List the rules or the known libraries, or check your own.

    A line is a slug, a kind (site: where to look; misuse: wrong whatever the work; judgement: what to do), a title.
    As JSON each rule also has the state of its self-test, for which its examples are analysed.
    """
    if context.invoked_subcommand is not None:
        return
    from advisor.outputs import explain
    from advisor.outputs.libraries import list_libraries

    knowledge = _knowledge(rules=rules)
    libraries = kind == "library"
    listed = list_libraries(knowledge.catalog) if libraries else explain.list_rules(knowledge)
    rows = explain.chosen(listed, kind, advises, about)
    if not rows:
        complain(f"no {'library' if libraries else 'rule'} is like that", "`advisor rules` lists the rules")
    if as_json(format):
        from advisor.selftest import with_states

        told = rows if libraries else with_states(rows, knowledge, project_settings(rules=rules).rules)
        write_out(explain.as_json(told), encoding="utf-8")
    else:
        write_out(explain.as_text(rows))


def check_rules(directory: Directory) -> None:
    """Check a directory of rules: every file, and what every example gets.

    Each fault is reported with its file, line and key, and with a hint. Exits with 2 when something is wrong.
    """
    from advisor.selftest import check_directory

    wrong = check_directory(directory)
    write_out(
        "".join(f"{line}\n" for line in wrong) or f"{directory}: all rules are well formed and do what they say\n"
    )
    raise typer.Exit(2 if wrong else 0)


def _knowledge(rules: list[Path] | None) -> Knowledge:
    """Everything that is known here: the advisor's own rules, and those of the command line or this project."""
    from advisor.inputs.knowledge import load_knowledge, user_cache

    return load_knowledge(rule_directories(project_settings(rules=rules)), cache=user_cache())
