"""Talk: calls that only tell people something: log records and lines on the terminal, which nothing in the program reads."""

from __future__ import annotations

from advisor.model import code, tree
from advisor.model.catalog import CallEntry, Catalog
from advisor.model.program import Program
from advisor.model.state import Access, Ambient
from advisor.model.words import is_named
from advisor.questions.bars import moves_bar
from advisor.questions.calls import argument, entries, is_unresolved, last_name, receiver

_TOLD = (Ambient.LOG, Ambient.OUTPUT)
_TERMINAL = ("sys.stdout", "sys.stderr", "stdout", "stderr", "sys.__stderr__")


def talks(program: Program, catalog: Catalog, function: str, call: code.Call) -> bool:
    """Does `call`, written in `function`, only log or print something?"""
    known = entries(program, catalog, function, call)
    if known:
        return all(is_talk(entry) for _, entry in known) and not _goes_to_a_file(call)
    return _is_log_record(program, catalog, function, call)


def tells(program: Program, catalog: Catalog, function: str, call: code.Call) -> bool:
    """Does `call` only tell people something, as a log record or on a progress bar?"""
    return talks(program, catalog, function, call) or moves_bar(program, catalog, function, call)


def is_talk(entry: CallEntry) -> bool:
    """Does the catalog say that the call tells people something?"""
    return any(entry.state.get(where) is Access.APPEND for where in _TOLD)


def is_logger(program: Program, catalog: Catalog, function: str, expression: code.Expr) -> bool:
    """Is `expression` something whose methods write log records?"""
    types = [v.name for v in program.values(function, expression) if v.kind in ("object", "external")]
    known = [entry for name in types for entry in catalog.lineage(name)]
    if known:
        return any(entry.logger for entry in known)
    return not types and is_named(tree.dotted(expression) or "", catalog.words.loggers)


def _is_log_record(program: Program, catalog: Catalog, function: str, call: code.Call) -> bool:
    """By its name alone: `self.logger.info(…)`, `log(…)`."""
    if last_name(call) not in catalog.words.log_methods or not is_unresolved(program, function, call):
        return False
    owner = receiver(call)
    if owner is None:
        return True
    maker = tree.callee(owner) if isinstance(owner, code.Call) else ""
    return is_named(maker, catalog.words.loggers) or is_logger(program, catalog, function, owner)


def _goes_to_a_file(call: code.Call) -> bool:
    """`print(line, file=report)`."""
    where = argument(call, "file")
    return where is not None and (tree.dotted(where) or "") not in _TERMINAL
