"""Other programs: `subprocess.run` and its kin as asyncio's own subprocesses, with the same results and failures."""

from __future__ import annotations

import ast

from advisor.model.refactor import Edit, Needed
from advisor.stages.generate.conversion import Conversion, awaited, imported_constant, keywords, with_arguments
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.source import Source

_HELPER = "_run_program"
_NONE = frozenset[Needed]()
_PIPES = {"stdin": ("DEVNULL",), "stdout": ("PIPE", "DEVNULL"), "stderr": ("PIPE", "DEVNULL", "STDOUT")}
_DECODING = frozenset("text encoding errors universal_newlines".split())
_RUN = frozenset({*_PIPES, *_DECODING, *"capture_output input timeout check cwd env shell".split()})
_CALL = frozenset("stdin stdout stderr timeout cwd env shell".split())
_OUTPUT = frozenset({*_DECODING, *"stdin stderr input timeout cwd env shell".split()})
_SHELL = frozenset({"encoding", "errors"})


def as_program(source: Source, inquiry: Inquiry, call: ast.Call, api: str) -> Conversion | None:
    """The call of a function of `subprocess` as one that is awaited; None where only a thread would do the same."""
    given = keywords(call)
    if given is None or len(call.args) > 1 or (not call.args and "args" not in given):
        return None
    command = call.args[0] if call.args else None
    if command is None or not _supported(source, given):
        return None
    name = api.removeprefix("subprocess.")
    if name in ("getoutput", "getstatusoutput"):
        return _through_the_shell(source, call, given) if name == "getoutput" else None
    if not _commands(inquiry, command, given):
        return None
    match name:
        case "run" if given.keys() <= _RUN and _streams_apart(given):
            return _awaited(source, call, (), "")
        case "call" | "check_call" if given.keys() <= _CALL and _nothing_piped(source, given):
            checked = name == "check_call"
            unused = checked and isinstance(source.parents[call], ast.Expr)
            return _awaited(source, call, ("check=True",) if checked else (), "" if unused else ".returncode")
        case "check_output" if given.keys() <= _OUTPUT and _surely_some(given.get("input")) and _streams_apart(given):
            piped = Needed("subprocess")
            return _awaited(source, call, ("stdout=subprocess.PIPE", "check=True"), ".stdout", frozenset({piped}))
    return None


def _awaited(
    source: Source, call: ast.Call, more: tuple[str, ...], after: str, needs: frozenset[Needed] = _NONE
) -> Conversion:
    edits = [*awaited(source, call, _HELPER, after), *with_arguments(source, call, more)]
    for keyword in call.keywords:
        if keyword.arg == "universal_newlines":
            start = source.span(keyword)[0]
            edits.append(Edit(start, start + len("universal_newlines"), "text"))
    return Conversion(tuple(edits), needs, frozenset({_HELPER}))


def _through_the_shell(source: Source, call: ast.Call, given: dict[str, ast.expr]) -> Conversion | None:
    """`getoutput` takes both streams as one text, and leaves out the end of its last line."""
    if not given.keys() <= _SHELL or not _text(call.args[0]):
        return None
    more = ("shell=True", "text=True", "stdout=subprocess.PIPE", "stderr=subprocess.STDOUT")
    return _awaited(source, call, more, '.stdout.removesuffix("\\n")', frozenset({Needed("subprocess")}))


def _supported(source: Source, given: dict[str, ast.expr]) -> bool:
    """Are the streams those that the helper knows, and is the way to decode said once?"""
    for name, known in _PIPES.items():
        value = given.get(name)
        if value is not None and not _nothing(value) and imported_constant(source, value, known) is None:
            return False
    shell = given.get("shell")
    plain = shell is None or isinstance(shell, ast.Constant)
    return plain and not {"text", "universal_newlines"} <= given.keys()


def _commands(inquiry: Inquiry, command: ast.expr, given: dict[str, ast.expr]) -> bool:
    """A list of arguments, or for a shell a text: with anything else the systems differ."""
    shell = given.get("shell")
    if isinstance(shell, ast.Constant) and shell.value:
        return _text(command)
    match command:
        case ast.List(elts=[_, *_]) | ast.Tuple(elts=[_, *_]):
            return True
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _commands(inquiry, left, given) or _commands(inquiry, right, given)
    kinds = inquiry.kinds(command)
    return bool(kinds) and kinds <= {"list", "tuple"}


def _text(command: ast.expr) -> bool:
    return isinstance(command, ast.JoinedStr) or (isinstance(command, ast.Constant) and isinstance(command.value, str))


def _nothing(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _streams_apart(given: dict[str, ast.expr]) -> bool:
    """What `subprocess` refuses to combine is left to it."""
    return not ("input" in given and "stdin" in given) and not (
        "capture_output" in given and given.keys() & {"stdout", "stderr"}
    )


def _nothing_piped(source: Source, given: dict[str, ast.expr]) -> bool:
    """A pipe that nobody reads fills up: the program would hang as before, but not in the same place."""
    streams = [given[name] for name in ("stdout", "stderr") if name in given]
    return not any(imported_constant(source, each, ("PIPE",)) for each in streams)


def _surely_some(value: ast.expr | None) -> bool:
    """`check_output` takes `input=None` for an empty text."""
    match value:
        case None | ast.JoinedStr():
            return True
        case ast.Constant(value=constant):
            return constant is not None
        case ast.Call(func=ast.Attribute(attr="encode")):
            return True
    return False
