"""Commands: which program a call starts, where its name is written out."""

from __future__ import annotations

from advisor.model import code
from advisor.model.catalog import Catalog, ProgramEntry
from advisor.model.program import Program


def started(program: Program, catalog: Catalog, function: str, call: code.Call) -> ProgramEntry | None:
    """What is known of the program that `call` starts, by the first word of the command line that it is given."""
    words = _words(program, function, call.arguments[0]) if call.arguments else ""
    return catalog.programs.get(words.split()[0].rpartition("/")[2]) if words.split() else None


def _words(program: Program, function: str, expression: code.Expr) -> str:
    match expression:
        case code.Literal(value=str(text)) | code.Text(text=text):
            return text
        case code.Display(items=(first, *_)) | code.Operation(operands=(first, *_)):
            return _words(program, function, first)
        case code.Name(id=name):
            values = program.objects.values_of(function, name)
            return _words(program, function, values[0]) if values is not None and len(values) == 1 else ""
    return ""
