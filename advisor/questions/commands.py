"""Commands: whether the program that a call starts waits, where its name is written out."""

from __future__ import annotations

from advisor.model import code
from advisor.model.catalog import Catalog
from advisor.model.program import Program


def waits(program: Program, catalog: Catalog, function: str, call: code.Call) -> bool:
    """Is it known that the program which `call` starts spends its time waiting: by its name, or by a word behind it?"""
    words = _words(program, function, call.arguments[0]) if call.arguments else []
    known = catalog.programs.get(words[0].rpartition("/")[2]) if words else None
    return known is not None and (known.waits or not known.waits_with.isdisjoint(words[1:]))


def _words(program: Program, function: str, expression: code.Expr) -> list[str]:
    """The words of a command line, as far as they are written out."""
    match expression:
        case code.Literal(value=str(text)) | code.Text(text=text):
            return text.split()
        case code.Display(items=items):
            return [word for item in items for word in _words(program, function, item)]
        case code.Operation(operands=(first, *_)):
            return _words(program, function, first)
        case code.Name(id=name):
            values = program.objects.values_of(function, name)
            return _words(program, function, values[0]) if values is not None and len(values) == 1 else []
    return []
