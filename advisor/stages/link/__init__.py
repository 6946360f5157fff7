"""Link: the facts of single files in, one program out, in which every name and call can be asked where it leads."""

from __future__ import annotations

import functools
from collections.abc import Callable, Container, Iterable, Mapping

from advisor.model import code
from advisor.model.catalog import Catalog
from advisor.model.facts import ModuleFacts
from advisor.model.program import FunctionInfo, Program, Target
from advisor.questions.imports import Finder, Outline, imported, imported_names, in_small_programs, runs, serve
from advisor.stages.link.aliases import Aliases
from advisor.stages.link.ask import MANY
from advisor.stages.link.calls import implied, targets, workers
from advisor.stages.link.resolver import Resolver
from advisor.stages.link.sizes import Sizes
from advisor.stages.link.walk import index
from advisor.stages.link.weights import Weights

__all__ = ["link"]

Beside = Callable[[Container[str]], Mapping[str, Outline]]
_SMALL = 6  # modules: of the programs judged, none had 7 to 10, and what has 11 is like any other


def link(modules: Mapping[str, ModuleFacts], catalog: Catalog, find: Finder, beside: Beside = lambda _: {}) -> Program:
    """Link `modules` (by path); `find` names the project's files that an import leads to, `beside` tells of some of its
    files that are not among the modules."""
    found = index(modules, catalog.handing)
    resolver = Resolver(found, catalog, find)
    sizes = Sizes(resolver)
    known: dict[tuple[str, int], tuple[Target, ...]] = {}

    def remembered_targets(function: str, call: code.Call) -> tuple[Target, ...]:
        key = (function, call.uid)
        if key not in known:
            known[key] = targets(resolver, function, call)
        return known[key]

    @functools.cache
    def outlines() -> dict[str, Outline]:
        linked = {
            path: Outline(tuple(imported(module, find)), runs(module), frozenset(imported_names(module)))
            for path, module in modules.items()
        }
        return {**beside(modules), **linked}

    return Program(
        functions=found.functions,
        files=_by_file(found.functions.values()),
        classes=found.classes,
        modules=found.modules,
        small=functools.cache(lambda: in_small_programs(outlines(), _SMALL)),
        serves=functools.cache(lambda: serve(outlines(), catalog.serving)),
        targets=remembered_targets,
        values=lambda function, expression: resolver.values(function, expression) - MANY,
        callers=resolver.callers,
        length=sizes.length,
        number=sizes.number,
        weight=Weights(resolver, sizes).weight,
        argument=resolver.argument,
        workers=functools.cache(lambda: workers(resolver)),
        implied=functools.partial(implied, resolver),
        objects=Aliases(resolver),
    )


def _by_file(functions: Iterable[FunctionInfo]) -> dict[str, tuple[FunctionInfo, ...]]:
    found: dict[str, list[FunctionInfo]] = {}
    for info in functions:
        found.setdefault(info.path, []).append(info)
    return {path: tuple(those) for path, those in found.items()}
