"""Calls: where each call may lead, callbacks included, and what runs without being called by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from advisor.model import code, tree
from advisor.model.program import Target, Value, Values
from advisor.questions.calls import argument, last_name
from advisor.questions.tests import is_test
from advisor.stages.link.ask import MANY, Ask, in_order
from advisor.stages.link.asked import as_asked, deferred_in
from advisor.stages.link.classes import is_property
from advisor.stages.link.index import CallPlace
from advisor.stages.link.specials import metaclasses

# Methods that nearly every class has: their name alone says nothing about the receiver.
_COMMON = frozenset(
    """
    get set add update append extend insert remove pop clear copy keys values items index count sort join split strip
    format encode decode read write close open flush seek run start stop send recv next put submit map result done
    cancel wait acquire release connect execute commit rollback fetch find search match group replace lower upper title
    startswith endswith load loads dump dumps save delete create filter all first last exists info debug warning error
    exception critical log print setdefault reset process parse render build validate check apply call emit name path
    size data text json content
    """.split()
)
_MOST_GUESSES = 3
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_HANDS_OVER = """
    submit map imap imap_unordered starmap starmap_async map_async apply_async apply Thread Process Timer run_in_executor
    to_thread run_sync run_in_threadpool start_new_thread delayed() thread_map process_map
    """.split()
_MAPS = frozenset("map imap imap_unordered starmap starmap_async map_async thread_map process_map".split())
_WAITS = frozenset({"result", "get", "join"})
_STARTERS = 2  # functions on the way from a loop to what it starts
_MOST_CALLERS = 6
_RUN_BY_START = {"threading.Thread": "thread", "threading.Timer": "thread", "multiprocessing.Process": "process",
                 "multiprocessing.context.Process": "process"}  # fmt: skip
_IMPLIED = {
    "end": ("__del__",),
    "enter": ("__enter__", "__exit__", "__aenter__", "__aexit__"),
    "iterate": ("__iter__", "__next__", "__aiter__", "__anext__"),
}


def targets(ask: Ask, function: str, call: code.Call) -> tuple[Target, ...]:
    """Where `call`, written in `function`, may lead; in the order of names, without repetition."""
    values = ask.values(function, call.function)
    found = list(dict.fromkeys(_called(ask, values, call)))
    if not found and not values - MANY:
        found.extend(_guessed(ask, function, call))
    for target in tuple(found):
        if target.kind == "external":
            found.extend(_callbacks(ask, function, call, target.name))
    found.extend(_through(ask, values))
    found.extend(_started(ask, values))
    return tuple(dict.fromkeys(as_asked(ask, function, call, target) for target in found))


def _called(ask: Ask, values: Values, call: code.Call | None = None) -> Iterator[Target]:
    """What calling one of `values` runs: the callables themselves, then the wrappers that decorators put around them."""
    ordered = sorted(values)
    callables = [v for v in ordered if v.kind != "object"] or ordered
    several = len({(v.kind, v.name) for v in callables}) > 1
    for value in callables:
        match value.kind:
            case "function":
                if value.args and call is not None:
                    ask.filled[id(call), value.name] = len(value.args)
                yield Target("function", value.name, conditional=several)
            case "class":
                yield from _constructor(ask, value.name, several)
            case "external" if call is None or _takes(ask, value.name, call):
                yield Target("external", ask.canonical(value.name), conditional=several)
            case "object":
                yield Target("external", ask.canonical(f"{value.name}.__call__"), conditional=several)
            case "instance" | "some":
                for method in ask.methods(value, "__call__"):
                    yield Target("function", method, conditional=several)
    for value in callables:
        if value.kind == "function":
            yield from (Target("function", wrapper) for wrapper in ask.wrappers(value.name))


def _takes(ask: Ask, name: str, call: code.Call) -> bool:
    """Can it be called with so many arguments? `path.replace("a", "b")` is that of a text, whatever `path` was said to be."""
    known = ask.catalog.call(name)
    return known is None or known[1].most is None or len(call.arguments) <= known[1].most


def _constructor(ask: Ask, cls: str, several: bool) -> Iterator[Target]:
    made = Value("instance", cls)
    for metaclass in metaclasses(ask, cls):
        for method in ask.methods(metaclass, "__call__"):
            yield Target("function", method, conditional=several)
    for name in ("__new__", "__init__", "__post_init__"):
        for method in ask.methods(made, name):
            yield Target("function", method, conditional=several)
    for method in _put_in_its_place(ask, cls):
        yield Target("function", method, conditional=True)
    for method in ask.methods(made, "_missing_"):  # of an enumeration: which member an unknown value is
        yield Target("function", method, conditional=True)
    if not ask.methods(made, "__init__"):
        outside = ask.lineage(cls)[1]
        if outside:
            yield Target("external", ask.canonical(outside[0]), conditional=several)


def _put_in_its_place(ask: Ask, cls: str) -> Iterator[str]:
    """What a decorator, or anybody else, has put in the place of the `__init__` of a class: `cls.__init__ = counted`."""
    for store in ask.index.set_from_outside.get("__init__", ()):
        owners = {value.name for value in ask.values(store.where, store.receiver) if value.kind == "class"}
        if not owners or not owners.isdisjoint(ask.lineage(cls)[0]):
            yield from (v.name for v in in_order(ask.values(store.where, store.value)) if v.kind == "function")


def _guessed(ask: Ask, function: str, call: code.Call) -> Iterator[Target]:
    """A method of an unknown receiver: the project's own method of that name, where there are few and the name is telling."""
    target = tree.by_name(call.function)
    if not isinstance(target, code.Attribute) or target.name in _COMMON or target.name.startswith("__"):
        return
    if isinstance(target.value, code.Literal | code.Text) or ask.values(function, target.value) - MANY:
        return
    named = [
        m
        for m in sorted(ask.index.methods_named.get(target.name, []))
        if _arity_fits(ask, m, call) and _may_be_meant(ask, m, function, target.value)
    ]
    if 1 <= len(named) <= _MOST_GUESSES:
        for method in named:
            yield Target("function", method, guessed=True, conditional=len(named) > 1)


def _may_be_meant(ask: Ask, method: str, function: str, receiver: code.Expr) -> bool:
    """May it be this method, for all that is known? Not one of tests, outside of them; nor the one that passes a call on under
    its own name (`def sign(self): return self.signer.sign()`); nor one of another thing than that which a call
    gives: `bot.get_guild(1).get_channel(2)` is no `Client.get_channel`."""
    meant, caller = ask.index.functions[method], ask.index.functions[function]
    if is_test(meant.path) and not is_test(caller.path):
        return False
    if meant.name.rpartition(".")[2] == caller.name.rpartition(".")[2]:
        return False
    owner = meant.owner and ask.index.classes[meant.owner].name.rpartition(".")[2]
    return not isinstance(receiver, code.Call) or bool(owner and _words(owner) & _words(last_name(receiver)))


def _words(name: str) -> set[str]:
    """The words of a name, however they are joined: `DiscordClient`, `get_client`."""
    return {word.lower() for word in _WORD.findall(name)}


def _arity_fits(ask: Ask, method: str, call: code.Call) -> bool:
    parameters = ask.index.functions[method].parameters
    most = sum(p.kind == "positional" for p in parameters)
    return any(p.kind == "*" for p in parameters) or len(call.arguments) <= most


def _callbacks(ask: Ask, function: str, call: code.Call, api: str) -> Iterator[Target]:
    """What `api` is handed to call."""
    known = ask.catalog.call(api)
    if known is None:
        return
    entry = known[1]
    if entry.callback == "receiver":
        where = deferred_in(ask, function, entry)
        for value in in_order(ask.values(function, call.function)):
            yield from (Target("function", held.name, callback=where) for held in value.args if held.kind == "function")
        return
    given = argument(call, entry.callback) if entry.callback is not None else None
    if given is not None:
        yield from _handed(ask, function, given, entry.callback_in)
    for place in entry.hooks:
        yield from _hooked(ask, function, call, place)


def _handed(ask: Ask, function: str, given: code.Expr, where: str) -> Iterator[Target]:
    handed = frozenset(v for v in ask.values(function, given) if v.kind != "object")
    for target in _called(ask, handed):
        yield Target(target.kind, target.name, callback=where)


def _hooked(ask: Ask, function: str, call: code.Call, hook: int | str) -> Iterator[Target]:
    """What is called of the argument that `hook` names: itself, or methods of it."""
    name, _, pattern = str(hook).partition(".")
    given = argument(call, int(name) if name.isdigit() else name)
    if given is None:
        return
    if not pattern:
        yield from _handed(ask, function, given, "here")
        return
    for value in sorted(ask.values(function, given)):
        if value.kind in ("instance", "some", "class"):
            made = Value("instance", value.name) if value.kind == "class" else value
            for method in _matching(ask, made, pattern):
                yield Target("function", method, conditional=True, callback="here")


def _matching(ask: Ask, receiver: Value, pattern: str) -> Iterator[str]:
    """The project's methods that an object has under names that match."""
    if "*" not in pattern:
        yield from ask.methods(receiver, pattern)
        return
    below = ask.subclasses(receiver.name) if receiver.kind == "some" else ()
    classes = dict.fromkeys(each for cls in (receiver.name, *below) for each in ask.lineage(cls)[0])
    names = dict.fromkeys(name for cls in classes for name in ask.index.classes[cls].methods)
    for name in names:
        if fnmatchcase(name, pattern) and not name.startswith("__"):
            yield from ask.methods(receiver, name)


def _through(ask: Ask, values: Values) -> Iterator[Target]:
    """What a method from outside runs of a project's subclass: `get` of a session calls its `request`."""
    for value in sorted(values):
        receiver = value.args[0] if value.kind == "external" and value.args else None
        entry = ask.catalog.call(ask.canonical(value.name)) if receiver is not None else None
        if receiver is not None and receiver.kind in ("instance", "some") and entry is not None:
            for pattern in entry[1].through:
                for method in _matching(ask, receiver, pattern):
                    yield Target("function", method, conditional="*" in pattern)


def _started(ask: Ask, values: Values) -> Iterator[Target]:
    """`start()` of a project's thread or process class runs its `run`."""
    for value in sorted(values):
        owner, _, last = value.name.rpartition(".")
        receiver = value.args[0] if value.kind == "external" and value.args else value
        if last == "start" and owner in _RUN_BY_START and receiver.kind in ("instance", "some"):
            for method in ask.methods(receiver, "run"):
                yield Target("function", method, callback=_RUN_BY_START[owner])


def implied(ask: Ask, function: str, expression: code.Expr, how: str) -> tuple[Target, ...]:
    """The project's functions that run without being called by name.

    `how` is `read` for what reading an attribute or subscript runs (property getters, `__getattr__`, `__getitem__`), `enter` for
    what `with expression` and `iterate` for what `for … in expression` does, `end` for what happens when the object goes.
    """
    found: list[str] = []
    if how == "read":
        match expression:
            case code.Attribute(value=value, name=name):
                for owner in sorted(ask.values(function, value)):
                    if owner.kind in ("instance", "some", "super"):
                        getters = ask.methods(owner, name)
                        found += [m for m in getters if is_property(ask.index.functions[m])]
                        found += () if getters or _is_set(ask, owner, name) else ask.methods(owner, "__getattr__")
                        found += ask.methods(owner, "__getattribute__")
                    elif owner.kind in ("class", "module") and not ask.attribute(owner, name):
                        found += _asked_for_others(ask, owner)
            case code.Subscript(value=value):
                found += _methods_of(ask, ask.values(function, value), ("__getitem__", "__missing__"))
    else:
        found += _methods_of(ask, ask.values(function, expression), _IMPLIED[how])
    unique = tuple(dict.fromkeys(found))
    return tuple(Target("function", name) for name in unique)


def _asked_for_others(ask: Ask, owner: Value) -> Iterator[str]:
    """The `__getattr__` of a module, or of a class by way of its metaclass, which is asked for what they do not have."""
    if owner.kind == "module":
        answers = ask.module_attribute(owner.name, "__getattr__")
        yield from (value.name for value in in_order(answers) if value.kind == "function")
    else:
        yield from (m for meta in metaclasses(ask, owner.name) for m in ask.methods(meta, "__getattr__"))


def _is_set(ask: Ask, owner: Value, name: str) -> bool:
    """Does one of its classes set the attribute, in its body or by a method?"""
    return any(name in ask.index.attributes.get(cls, ()) for cls in ask.lineage(owner.name)[0])


def _methods_of(ask: Ask, values: Values, names: tuple[str, ...]) -> Iterator[str]:
    for owner in sorted(values):
        if owner.kind in ("instance", "some"):
            for name in names:
                yield from ask.methods(owner, name)


def workers(ask: Ask) -> dict[str, bool]:
    """The project functions that are handed to pools, threads or processes anywhere in the program, each with whether
    many of them run at once: `map` runs many, `submit`, `Thread` and their kin do in a loop, and else only one."""
    found: dict[str, bool] = {}
    repeated = _Repeated(ask)
    for name in _HANDS_OVER:
        for function, call in ask.index.calls.get(name, ()):
            for target in targets(ask, function, call):
                if target.kind == "function" and target.callback in ("thread", "process"):
                    many = found.get(target.name, False) or name in _MAPS or repeated(function, call)
                    found[target.name] = many
    for cls in sorted(ask.index.classes):
        if any(base in _RUN_BY_START for base in ask.lineage(cls)[1]):
            many = any(repeated(*place) for place in _made(ask, cls))
            for method in ask.methods(Value("instance", cls), "run"):
                found[method] = found.get(method, False) or many
    return found


def _made(ask: Ask, cls: str) -> Iterator[CallPlace]:
    """The calls that make an instance of the class or of one below it."""
    for each in (cls, *ask.subclasses(cls)):
        for function, call in ask.index.calls.get(ask.index.classes[each].name.rpartition(".")[2], ()):
            if any(value.kind == "class" and value.name == each for value in ask.values(function, call.function)):
                yield function, call


class _Repeated:
    """Is what a call starts started again while it still runs: in a loop that does not wait for each, or by a function
    that a loop calls?"""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.known: dict[str, frozenset[int]] = {}

    def __call__(self, function: str, call: code.Call, depth: int = _STARTERS) -> bool:
        if call.uid in self._in_loops(function):
            return True
        if depth == 0 or self.ask.index.functions[function].is_module:
            return False
        callers = self.ask.callers(function)[:_MOST_CALLERS]
        return any(self(caller, outer, depth - 1) for caller, outer in callers if caller != function)

    def _in_loops(self, function: str) -> frozenset[int]:
        """The calls of a function that a loop or comprehension makes without waiting for each."""
        if function not in self.known:
            inside = [node for part in _repeated_parts(self.ask.index.functions[function].body) for node in part]
            waited = {id(waited) for node in inside if (waited := _waited_for(node)) is not None}
            self.known[function] = frozenset(
                node.uid for node in inside if isinstance(node, code.Call) and id(node) not in waited
            )
        return self.known[function]


def _repeated_parts(body: tree.Block) -> Iterator[Iterable[code.Expr]]:
    """The expressions that each loop and comprehension of a block evaluates again and again."""
    for statement in tree.statements(body):
        match statement:
            case code.For(body=inner):
                yield tree.expressions(inner)
            case code.While(test=test, body=inner):
                yield tree.every(test)
                yield tree.expressions(inner)
        for head in tree.heads(statement):
            for node in tree.every(head):
                if isinstance(node, code.Comprehension):
                    yield tree.every(node.element)
                    yield from (tree.every(test) for clause in node.clauses for test in clause.conditions)


def _waited_for(node: code.Expr) -> code.Expr | None:
    """What is waited for as soon as it is started: `await start()`, `start().result()`."""
    match node:
        case code.Await(value=value):
            return value
        case code.Call(function=code.Attribute(value=value, name=name)) if name in _WAITS:
            return value
    return None
