"""Names: what a name may be, through its bindings, through imports, and across the project's modules."""

from __future__ import annotations

import builtins

from advisor.model import code, tree
from advisor.model.program import NOTHING, Value, Values
from advisor.questions.tests import is_test
from advisor.stages.link.ask import PLACES, Ask, container, few, in_order, instances, union
from advisor.stages.link.elements import contents, elements, entered, unpacked
from advisor.stages.link.index import Binding, Store

_QUEUES = ("Queue", "SimpleQueue", "JoinableQueue")
_BUILTINS = frozenset(dir(builtins))


def named(ask: Ask, function: str, name: str) -> Values:
    """What `name` may be; `function` is the one whose variable it is, or any that reads it where none binds it."""
    bindings = ask.index.scopes[function].get(name)
    if bindings:
        found = union(bound(ask, binding) for binding in bindings)
        if ask.index.functions[function].is_module:
            found |= replaced(ask, Value("module", ask.index.functions[function].path), name)
        return few(_with_stored(ask, function, name, found))
    path = ask.index.functions[function].path
    starred = _star_import(ask, path, name)
    if starred or (name not in _BUILTINS and "*" in ask.index.scopes[ask.index.modules[path]]):
        return starred
    return frozenset({Value("external", f"builtins.{name}")}) | replaced(ask, Value("external", "builtins"), name)


def replaced(ask: Ask, owner: Value, name: str) -> Values:
    """The functions, and the objects that are called like one, which the program puts in the place of `name` of a module, or
    of an outside class, as it runs. A stream in the place of `sys.stdout` is none: what is written to either has an order.
    What tests put there is nobody else's business."""
    stores = ask.index.set_from_outside.get(name, ())[:PLACES]
    return frozenset(
        value
        for store in stores
        if not is_test(ask.index.functions[store.where].path)
        and any(v.kind == owner.kind and v.name == owner.name for v in ask.values(store.where, store.receiver))
        for value in set_to(ask, store)
        if value.kind == "function" or (value.kind == "instance" and _is_called(ask, value.name))
    )


def _is_called(ask: Ask, cls: str) -> bool:
    return any("__call__" in ask.index.classes[each].methods for each in ask.lineage(cls)[0])


def bound(ask: Ask, binding: Binding) -> Values:
    """What `binding` gives."""
    match binding.kind:
        case "value" | "augment" | "element" | "enter":
            return _assigned(ask, binding)
        case "import":
            return _imported(ask, binding)
        case "function":
            return ask.defined(binding.target)
        case "class":
            return frozenset({Value("class", binding.target)})
        case "parameter":
            return ask.parameter(binding.where, binding.position)
        case "caught" if binding.expression is not None:
            return union(instances(v) for v in in_order(ask.values(binding.where, binding.expression)))
    return NOTHING


def _assigned(ask: Ask, binding: Binding) -> Values:
    if binding.annotation is not None:
        promised = ask.promised(binding.where, binding.annotation)
        if promised:
            return promised
    if binding.expression is None:
        return NOTHING
    found = ask.values(binding.where, binding.expression)
    if binding.kind == "element":
        found = union(elements(ask, v) for v in in_order(found))
    elif binding.kind == "enter":
        found = union(entered(ask, v, binding.where, binding.expression) for v in in_order(found))
    return _unpacked(ask, found, binding.place)


def set_to(ask: Ask, store: Store) -> Values:
    """What `receiver.attribute = value` leaves in the attribute."""
    return _unpacked(ask, ask.values(store.where, store.value), store.place)


def _unpacked(ask: Ask, found: Values, place: tuple[int, ...]) -> Values:
    for position in place:
        found = union(unpacked(ask, v, position) for v in in_order(found))
    return found


# ---- what is stored in a container after it was made


def _with_stored(ask: Ask, home: str, name: str, found: Values) -> Values:
    """`found`, its containers with what the code puts into variable `name` of `home` (`name.append(x)`, `name[k] = x`)."""
    if not any(holds(v) for v in found):
        return found
    path = ask.index.functions[home].path
    stores = ask.index.stored_by_name.get((path, name), ())
    own = [store for store in stores if ask.index.scope_of(store.where, name) == home]
    return with_stored(ask, found, own)


def holds(value: Value) -> bool:
    return value.kind == "container" or (value.kind == "object" and value.name.endswith(_QUEUES))


def with_stored(ask: Ask, found: Values, stores: list[Store]) -> Values:
    """`found`, its containers and queues with what `stores` put into them."""
    if not stores:
        return found
    inside: set[Value] = set()
    for store in stores[:PLACES]:
        given = ask.values(store.where, store.value)
        if store.many:
            given = union(contents(ask, v) for v in in_order(given))
        inside |= frozenset({container("builtins.list", given)}) if store.nested and given else given
    stored = frozenset(inside)
    return frozenset(
        Value(v.kind, v.name, container("", frozenset(v.args) | stored).args) if holds(v) else v for v in found
    )


# ---- imports


def module_attribute(ask: Ask, path: str, name: str) -> Values:
    """What `name` of the module at `path` may be, submodules included."""
    top = ask.index.modules[path]
    if name in ask.index.scopes[top]:
        return ask.name(top, name)
    found = _star_import(ask, path, name)
    if found:
        return found
    if path.endswith("__init__.py"):
        inner = ask.find(path, name, 1)
        if inner and inner[-1] in ask.index.modules and inner[-1] != path:
            return frozenset({Value("module", inner[-1])})
    outside = ask.index.set_from_outside.get(name, ())[:PLACES]
    return union(
        set_to(ask, store) for store in outside if Value("module", path) in ask.values(store.where, store.receiver)
    )


def _star_import(ask: Ask, path: str, name: str) -> Values:
    """What `from … import *` in the module at `path` binds to `name`."""
    for binding in ask.index.scopes[ask.index.modules[path]].get("*", ()):
        imported = binding.imported
        if imported is None:
            continue
        files = ask.find(path, imported.module, imported.level)
        if files and files[-1] in ask.index.modules:
            if files[-1] != path and _exports(ask, files[-1], name):
                found = ask.module_attribute(files[-1], name)
                if found:
                    return found
        elif not files and not imported.level and name not in _BUILTINS:
            outside = f"{imported.module}.{name}"
            if ask.catalog.call(outside) is not None or ask.catalog.object(outside) is not None:
                return frozenset({Value("external", outside)})
    return NOTHING


def _exports(ask: Ask, path: str, name: str) -> bool:
    """Does `from module import *` bring `name`? What `__all__` lists, else all public names."""
    listed = ask.index.scopes[ask.index.modules[path]].get("__all__")
    if not listed:
        return not name.startswith("_")
    displays = [b.expression for b in listed if isinstance(b.expression, code.Display)]
    texts = {item.value for display in displays for item in display.items if isinstance(item, code.Literal)}
    return name in texts or len(displays) < len(listed)


def _imported(ask: Ask, binding: Binding) -> Values:
    imported = binding.imported
    if imported is None:
        return NOTHING
    path = ask.index.functions[binding.where].path
    if imported.attribute is None:
        return module(ask, path, imported.name if imported.plain else imported.module)
    files = ask.find(path, imported.module, imported.level)
    if files and files[-1] in ask.index.modules and files[-1] != path:
        found = ask.module_attribute(files[-1], imported.attribute)
        if found or imported.attribute in ask.index.scopes[ask.index.modules[files[-1]]]:
            return found
    submodule = f"{imported.module}.{imported.attribute}" if imported.module else imported.attribute
    inner = ask.find(path, submodule, imported.level)
    if inner and inner[-1] in ask.index.modules and inner != files:
        return frozenset({Value("module", inner[-1])})
    if files or imported.level:
        return NOTHING
    return frozenset({Value("external", f"{imported.module}.{imported.attribute}")})


def module(ask: Ask, path: str, name: str) -> Values:
    """What `import name` in the file at `path` leads to."""
    files = ask.find(path, name, 0)
    if files and files[-1] in ask.index.modules:
        return frozenset({Value("module", files[-1])})
    if not files and any(_is_below(ask, path, name, binding) for binding in _imports(ask, path)):
        return frozenset({Value("package", name, (Value("module", path),))})
    return frozenset({Value("external", name)})


def _imports(ask: Ask, path: str) -> list[code.Imported]:
    """The `import a.b` of the module at `path` itself."""
    scope = ask.index.scopes[ask.index.modules[path]]
    return [b.imported for bindings in scope.values() for b in bindings if b.imported is not None and b.imported.plain]


def _is_below(ask: Ask, path: str, name: str, imported: code.Imported) -> bool:
    return imported.module.startswith(f"{name}.") and bool(ask.find(path, imported.module, 0))


def dotted(expression: code.Expr) -> str:
    """The last name of `a.b.c`, empty for anything else."""
    return (tree.dotted(expression) or "").rpartition(".")[2]
