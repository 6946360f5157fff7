"""Extract: one file's text in, all that the later stages want to know of it out.

Pure and without memory between files, so that files can be read in any order
and by any number of processes with the same result.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable

from advisor.model import tree
from advisor.model.facts import ModuleFacts, encode
from advisor.model.rule import SiteRule
from advisor.model.source import Skipped, Source
from advisor.stages.extract.comments import ignores, noqa
from advisor.stages.extract.reading import Reading, TooDeep
from advisor.stages.extract.sites import SitePattern, found, prepare
from advisor.stages.extract.statements import block
from advisor.stages.extract.syntax import parse, syntax_error


def extract_encoded(sources: Iterable[Source], sites: tuple[SiteRule, ...]) -> bytes:
    """The facts of several files in their order, for `advisor.model.facts.decode`: what a worker process returns."""
    patterns = prepare(sites)
    return encode([extract(source, patterns) for source in sources])


def extract(source: Source, sites: tuple[SitePattern, ...]) -> ModuleFacts | Skipped:
    """The facts of one file with the places where a rule matches, or why it cannot be read."""
    path, text = source.path, source.text
    if "\0" in text:
        return Skipped(path, "binary data (NUL characters)", text.count("\n", 0, text.index("\0")) + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python's remarks about the code it reads are not about the advisor
        try:
            root = parse(text)
            error = syntax_error(root, text)
            if error is not None:
                return Skipped(path, *error)
            body = block(root, Reading())
            marks = ignores(root, text), noqa(root, text)
            imported = tuple(name for statement in tree.imports(body) for name in statement.names)
            return ModuleFacts(path, _lines(text), body, imported, found(root, text, sites), *marks, source.cells)
        except TooDeep as deep:
            return Skipped(path, "nested too deeply", deep.line)
        except UnicodeEncodeError as error:
            line = text.count("\n", 0, error.start) + 1
            return Skipped(path, "half of a surrogate pair, which no encoding can hold", line)


def _lines(text: str) -> int:
    return text.count("\n") + (text[-1:] not in {"", "\n"})
