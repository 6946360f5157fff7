"""Handlers: the functions that a web framework calls for each request."""

from __future__ import annotations

from advisor.model import code, tree
from advisor.model.program import FunctionInfo, Program
from advisor.model.words import Words, is_named


def maker(decorator: code.Expr) -> str:
    """The name of what decorates a function, whether or not it is called."""
    return tree.dotted(decorator.function if isinstance(decorator, code.Call) else decorator) or ""


def is_handler(program: Program, words: Words, info: FunctionInfo) -> bool:
    """Does a function answer requests: by its decorator, or as a method of a class that does?"""
    for decorator in info.decorators:
        owner, _, last = maker(decorator).rpartition(".")
        if is_named(last, words.handler_makers) and is_named(owner, words.handler_owners):
            return True
    if info.owner is None or info.name.rpartition(".")[2] not in words.handler_methods:
        return False
    return any(is_named(tree.dotted(base) or "", words.handler_bases) for base in program.classes[info.owner].bases)
