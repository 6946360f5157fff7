"""Pickling: what cannot be sent to a process."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.model import code
from advisor.model.catalog import Catalog
from advisor.model.program import ClassInfo, FunctionInfo, Program
from advisor.questions.calls import entries
from advisor.questions.lineage import is_dataclass, lineage, methods

_OWN_PICKLE = frozenset(["__getstate__", "__reduce__", "__reduce_ex__", "__getnewargs__", "__getnewargs_ex__"])
_OWN_UNPICKLE = _OWN_PICKLE | {"__setstate__"}
_REGISTER = frozenset(
    {"copyreg.pickle", "multiprocessing.reduction.ForkingPickler.register", "multiprocessing.reduction.register"}
)
_DICTS = frozenset({"builtins.dict", "collections.defaultdict", "collections.OrderedDict", "collections.Counter"})
_COLLECTIONS = _DICTS | {"builtins.list", "builtins.set", "collections.deque"}
_FILLING = frozenset({"__setitem__", "append", "extend", "add", "update"})  # what fills a collection that is made anew
_PICKLED_AS_USUAL = frozenset(  # packages whose classes are made anew with all that an object of a class below has
    {"builtins", "abc", "typing", "typing_extensions", "collections", "enum", "dataclasses", "threading", "logging"}
)
_MADE_OF_ONE = frozenset(
    {"int", "float", "complex", "str", "bytes", "tuple", "frozenset"}
)  # made anew from their value


def is_unpicklable(catalog: Catalog, kind: str) -> bool:
    """Is it known that objects of the outside class `kind` cannot be pickled?"""
    known = catalog.object(kind)
    return known is not None and known.picklable is False


def unpicklable_attribute(
    program: Program,
    catalog: Catalog,
    cls: ClassInfo,
    passes: tuple[str, ...] = (),
    by: frozenset[str] | None = None,
) -> tuple[str, str] | None:
    """The attribute that keeps objects of `cls` from being pickled, with the class of what it holds, empty for a lambda.

    None where there is none, or where the class, or one above it, says itself how it is pickled. What is of a class whose
    name begins as one that `passes` does no harm; `by` are the functions that have set attributes by then, all if None.
    """
    if not _OWN_PICKLE.isdisjoint(methods(program, cls)):
        return None
    for attribute, given in sorted(cls.assigned.items()):
        for function, expression in given:
            if by is not None and function not in by:
                continue
            if isinstance(expression, code.Lambda):
                return attribute, ""
            values = program.values(function, expression)
            kinds = sorted({catalog.canonical(value.name) for value in values if value.kind == "object"})
            if (
                kinds
                and len(kinds) == len(values)
                and all(is_unpicklable(catalog, kind) and not kind.startswith(passes) for kind in kinds)
            ):
                return attribute, kinds[0]
    return None


def pickles_its_own_way(program: Program, cls: ClassInfo) -> bool:
    """Does the class, or one above it, say how its objects are copied and pickled, or does the program say it for them?"""
    own = not (_OWN_UNPICKLE | {"__deepcopy__"}).isdisjoint(methods(program, cls))
    return own or registered(program, cls.id)


def registered(program: Program, kind: str) -> bool:
    """Does the program register a function by which objects of a class are pickled?"""
    for last in ("pickle", "register"):
        for function, call in program.objects.calls_named(last):
            if call.arguments and any(t.name in _REGISTER for t in program.targets(function, call)):
                values = program.values(function, call.arguments[0])
                if not values or any(value.name == kind for value in values):
                    return True
    return False


def changed_by_pickle(program: Program, cls: ClassInfo) -> str:
    """Why an object of `cls` cannot be made anew as it was, though nothing says how it is pickled; empty where it can."""
    if pickles_its_own_way(program, cls):
        return ""
    return next((why for each in lineage(program, cls) if (why := _not_as_it_was(program, each))), "")


def _not_as_it_was(program: Program, cls: ClassInfo) -> str:
    own = {name: program.functions[id] for name, id in cls.methods.items() if id in program.functions}
    filled = own.keys() & _FILLING if _outside_bases(program, cls) & _COLLECTIONS else frozenset[str]()
    if filled and cls.assigned:
        return f"whose `{min(filled)}` is called anew before its attributes are there"
    strange = {base for base in _outside_bases(program, cls) if base.partition(".")[0] not in _PICKLED_AS_USUAL}
    if strange and cls.assigned:
        return f"which is made anew as a `{min(strange)}` is, without what it has of its own"
    asked, sets, makes = own.get("__getattr__"), own.get("__setattr__"), own.get("__new__")
    if asked is not None and not isinstance(
        asked.body[0], code.If
    ):  # which would be there for the names of pickle itself
        set_here = {n for n, given in cls.assigned.items() if any(where in cls.methods.values() for where, _ in given)}
        read = next(
            (e.name for e in asked.expressions if isinstance(e, code.Attribute) and _is_self(e) and e.name in set_here),
            None,
        )
        if read is not None:
            return f"whose `__getattr__` asks for `{read}` before it is set"
    if sets is not None and "__slots__" in cls.assigned and any(isinstance(s, code.Raise) for s in sets.statements):
        return "whose `__setattr__` raises, by which its slots would be filled"
    if makes is not None:
        bases = [base.id if isinstance(base, code.Name) else "" for base in cls.bases]
        needed = [p for p in makes.parameters[1:] if p.kind in ("positional", "keyword") and p.default is None]
        if (len(bases) == 1 and bases[0] in _MADE_OF_ONE) or (not bases and needed):
            return "whose `__new__` would be called anew, with other arguments"
    return ""


def _outside_bases(program: Program, cls: ClassInfo) -> frozenset[str]:
    """The classes from outside the project that it is written to inherit from."""
    return frozenset(
        value.name for base in cls.bases for value in program.values(cls.parent, base) if value.kind == "external"
    )


def is_not_remade(program: Program, cls: ClassInfo, *, named: bool) -> bool:
    """Does the exception hand on other arguments than it takes? Pickle calls it with those that it handed on; `named` when it
    was made with keywords."""
    for each in lineage(program, cls):
        if {"__reduce__", "__reduce_ex__"} & each.methods.keys():
            return False
        if "__init__" in each.methods:
            handed_on = _hands_on(program.functions[each.methods["__init__"]])
            if handed_on is not None:
                if not handed_on:
                    return True
                continue  # as they came: what the class above does with them
            return named  # without a call of the base, `args` are those that the class was made with, but for keywords
        if is_dataclass(each):
            return named
    return False


def _hands_on(start: FunctionInfo) -> bool | None:
    """Does an `__init__` hand on to its base what it is given, as it came? None where it hands on nothing."""
    taken = [each.name for each in start.parameters[1:] if each.kind == "positional"]
    if any(each.kind == "keyword" and each.default is None for each in start.parameters):
        return False
    for call in start.calls:
        match call.function:
            case (
                code.Attribute(value=code.Call(function=code.Name(id="super")), name="__init__")
                | code.Attribute(value=code.Name(id="Exception" | "ValueError" | "RuntimeError"), name="__init__")
            ):
                given = [a for a in call.arguments if not (isinstance(a, code.Name) and a.id == "self")]
                return [a.id if isinstance(a, code.Name) else "" for a in given] == taken and not call.keywords
    return None


def is_dict_view(program: Program, function: str, expression: code.Expr) -> bool:
    """Does it give the keys, values or items of a dict as they are there, not a copy?"""
    match expression:
        case code.Call(function=code.Attribute(value=receiver, name="keys" | "values" | "items"), arguments=()):
            written = isinstance(receiver, code.Display | code.Comprehension) and receiver.kind == "dict"
            return written or any(v.name in _DICTS for v in program.values(function, receiver))
    return False


def _is_self(attribute: code.Attribute) -> bool:
    return isinstance(attribute.value, code.Name) and attribute.value.id == "self"


@dataclass(frozen=True, slots=True, order=True)
class Renamed:
    """`variable` of `function` holds a class called `name`, by which pickle would not find it: `H = namedtuple("Hit", …)`."""

    variable: str
    function: str
    name: str


def renamed_classes(program: Program, catalog: Catalog) -> list[Renamed]:
    found = []
    making = {name.rpartition(".")[2] for name, entry in catalog.calls.items() if entry.names_class is not None}
    for info in program.functions.values():
        for statement in info.statements if making & info.called_names else ():
            match statement:
                case code.Assign(
                    targets=(code.Name(id=variable) | code.Attribute(name=variable),), value=code.Call() as call
                ):
                    name = _class_named(program, catalog, info.id, call)
                    if name is not None and (name != variable or not info.is_module):
                        found.append(Renamed(variable, info.id, name))
    return sorted(found)


def _class_named(program: Program, catalog: Catalog, function: str, call: code.Call) -> str | None:
    """The name of the class that a call makes, as it is written out; empty where no name leads to it."""
    for _, entry in entries(program, catalog, function, call):
        at = entry.names_class
        if at == -1:
            return ""
        if at is not None and at < len(call.arguments):
            given = call.arguments[at]
            if isinstance(given, code.Literal) and isinstance(given.value, str):
                return given.value
    return None
