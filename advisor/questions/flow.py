"""Flow: which local names one round of a loop reads before it writes them, and what kind of tie that makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from advisor.model import code, tree
from advisor.model.program import FunctionInfo, Program
from advisor.model.site import Site, SiteKind
from advisor.model.state import Piece

_COMBINING = frozenset(
    (
        "max min concat append vstack hstack dstack concatenate union intersection merge add update join "
        "bitwise_or logical_or combine"
    ).split()
)
Tells = Callable[[code.Call], bool]


def _nothing(_: code.Call) -> bool:
    return False


@dataclass(slots=True)
class NameUse:
    """How a round uses one name of the enclosing function: first lines of each."""

    exposed: int = 0  # read before any write of the round
    written: int = 0
    augmented: int = 0
    combined: int = 0  # `x = max(x, …)`, `x = x + …`
    tested: int = 0  # read only in the test that guards its own write
    talked: int = 0  # read only to be printed, logged or shown as progress
    stepped: int = 0  # `i += 1` with a constant


@dataclass(slots=True)
class Flow:
    """All names that a round binds or reads; `jumps` are the lines where it leaves the loop, `yields` where it hands something out."""

    names: dict[str, NameUse] = field(default_factory=dict)
    breaks: list[int] = field(default_factory=list)
    returns: list[int] = field(default_factory=list)
    yields: list[int] = field(default_factory=list)
    bound: set[str] = field(default_factory=set)

    def use(self, name: str) -> NameUse:
        return self.names.setdefault(name, NameUse())


def flow(
    body: tree.Block, targets: frozenset[str], first: Iterable[code.Expr] = (), tells: Tells = _nothing, line: int = 1
) -> Flow:
    """Walk one round: `first` is evaluated before the body (a while's test), on `line`.

    What a call that only `tells` people something reads counts as talked about; where nothing is known of that, no call
    does.
    """
    found = Flow(bound=set(targets) | set(tree.bound_in(body)))
    walk = _Walk(found, tells)
    defined = set(targets)
    for expression in first:
        walk.read(expression, defined, line)
    walk.block(body, defined, inner=False)
    return found


def flow_of(site: Site, tells: Tells = _nothing) -> Flow:
    """The flow of one iteration of a site; the names that a comprehension binds by `:=` outlive its iterations."""
    named = [each.name for part in site.parts for each in tree.every(part) if isinstance(each, code.Walrus)]
    first = site.parts if isinstance(site.node, code.While) or named else ()
    found = flow(site.body, site.targets, first, tells, site.line)
    found.bound |= frozenset(named)
    return found


def reads_first(block: tree.Block, given: frozenset[str]) -> tuple[frozenset[str], frozenset[str] | None]:
    """The names that a block reads before it gives them a value, which those `given` have, and the names that have one when
    it ends; None where it never ends normally."""
    found = Flow()
    after = _Walk(found, _nothing).block(block, set(given), inner=False)
    uses = found.names.items()
    read = frozenset(name for name, use in uses if use.exposed or use.augmented or use.combined or use.tested)
    return read, None if after is None else frozenset(after)


def taker(info: FunctionInfo, site: Site) -> Site | None:
    """The `for` that takes what a `map` or a generator gives, one by one: its body runs between two items."""
    if site.kind not in (SiteKind.MAP, SiteKind.COMPREHENSION):
        return None
    for statement in info.statements:
        match statement:
            case code.For(target=target, iterable=iterable, body=body) if iterable is site.node:
                names = frozenset(tree.bound_names(target))
                return replace(
                    site, kind=SiteKind.FOR, node=statement, body=body, parts=(), targets=names, iterable=None
                )
    return None


def iteration(site: Site, ways: Flow, *, handed_over: bool = False, without: frozenset[int] = frozenset()) -> Piece:
    """One iteration as a piece of its function: private are the names that it gives a value before it reads them."""
    private = frozenset(name for name in ways.bound if not _crosses(ways, name)) | site.targets
    collected = isinstance(site.node, code.Comprehension) and site.node.kind != "generator"
    return Piece(site.function, site.body, site.parts, private, site.targets, without, handed_over, collected)


def drawn_from(program: Program, site: Site) -> tuple[code.Expr, ...]:
    """What a site draws its items from, all that `map` walks side by side among it, and what is behind a name that it walks."""
    if isinstance(site.node, code.Call) and site.kind is SiteKind.MAP:
        walked = list(site.node.arguments[1:]) or [e for e in [site.iterable] if e is not None]
    else:
        walked = [] if site.iterable is None else [site.iterable]
    for name in [each.id for each in walked if isinstance(each, code.Name)]:
        values = program.objects.values_of(site.function, name)
        walked += [v for v in values or () if isinstance(v, code.Call | code.Comprehension)]
    return tuple(walked)


def walking(program: Program, site: Site) -> Piece:
    """Drawing the items of a site: loops without a body over what it walks."""
    loops = tuple(
        code.For(-1, code.Display("tuple", ()), each, (), (), False, site.line, 0, site.line)
        for each in drawn_from(program, site)
    )
    return Piece(site.function, loops, targets=site.targets)


def _crosses(ways: Flow, name: str) -> bool:
    """Does a value of the name come from the iteration before?"""
    use = ways.names.get(name)
    return use is not None and bool(use.exposed or use.augmented or use.combined or use.tested or use.talked)


class _Walk:
    def __init__(self, found: Flow, tells: Tells) -> None:
        self.found = found
        self.tells = tells

    def block(self, block: tree.Block, defined: set[str], *, inner: bool) -> set[str] | None:
        """The names surely written after `block`, None where it never ends normally."""
        for statement in block:
            after = self.statement(statement, defined, inner=inner)
            if after is None:
                return None
            defined = after
        return defined

    def statement(self, statement: code.Stmt, defined: set[str], *, inner: bool) -> set[str] | None:
        line = statement.line
        match statement:
            case code.Assign():
                return self._assign(statement, defined)
            case code.Return():
                self.found.returns.append(line)
                self._reads(statement, defined)
                return None
            case code.Raise():
                self._reads(statement, defined)
                return None
            case code.Jump(kind=kind):
                if kind == "break" and not inner:
                    self.found.breaks.append(line)
                return defined if kind == "pass" else None
            case code.If(test=test, body=body, orelse=orelse):
                return self._if(test, body, orelse, defined, line, inner)
            case code.For(target=target, iterable=iterable, body=body, orelse=orelse):
                self.read(iterable, defined, line)
                self.block(body, defined | set(tree.bound_names(target)), inner=True)
                self.block(orelse, set(defined), inner=inner)
                return defined
            case code.While(test=test, body=body, orelse=orelse):
                self.read(test, defined, line)
                self.block(body, set(defined), inner=True)
                self.block(orelse, set(defined), inner=inner)
                return defined
            case code.Try(body=body, handlers=handlers, orelse=orelse, final=final):
                return self._try(body, handlers, orelse, final, defined, inner)
            case code.With(items=items, body=body):
                for context, bound in items:
                    self.read(context, defined, line)
                    defined = defined | set(tree.bound_names(bound) if bound is not None else ())
                return self.block(body, defined, inner=inner)
            case code.Function(name=name, body=body, parameters=parameters):
                own = {p.name for p in parameters} | set(tree.bound_in(body))
                for expression in tree.expressions(body):
                    if isinstance(expression, code.Name) and expression.id not in own:
                        self._read_name(expression.id, defined, line)
                return defined | {name}
            case code.Class(body=body):  # which runs here, with names of its own
                self._reads(statement, defined)
                self.block(body, set(defined), inner=True)
                return defined | set(tree.bound_by(statement))
            case code.Match(subject=subject, cases=cases):
                self.read(subject, defined, line)
                ends = [self.block(case.body, defined | set(case.binds), inner=inner) for case in cases]
                return _common([*ends, defined])
        self._reads(statement, defined)
        return defined | set(tree.bound_in((statement,)))

    def _reads(self, statement: code.Stmt, defined: set[str]) -> None:
        for head in tree.heads(statement):
            self.read(head, defined, statement.line)

    def _assign(self, statement: code.Assign, defined: set[str]) -> set[str]:
        line, value = statement.line, statement.value
        names = [name for target in statement.targets for name in tree.bound_names(target)]
        if statement.operator is not None:
            for target in statement.targets:
                if isinstance(target, code.Name):
                    use = self.found.use(target.id)
                    if target.id not in defined:
                        use.augmented = use.augmented or line
                        if value is not None and self._is_fixed(value):
                            use.stepped = use.stepped or line
                else:
                    self.read(target, defined, line)
            if value is not None:
                self.read(value, defined, line)
            return defined
        if value is not None:
            for name in names:
                if name not in defined and _combines(value, name):
                    self.found.use(name).combined = line
            combined = {name for name in names if name not in defined and _combines(value, name)}
            self.read(value, defined | combined, line)
        for target in statement.targets:
            if not isinstance(target, code.Name | code.Display):
                self.read(target, defined, line)
        if value is None:
            return defined
        for name in names:
            use = self.found.use(name)
            use.written = use.written or line
        return defined | set(names)

    def _is_fixed(self, value: code.Expr) -> bool:
        """The same in every round: a constant, or computed from names that the loop does not bind."""
        nodes = list(tree.every(value))
        calls = any(isinstance(node, code.Call | code.Await) for node in nodes)
        return not calls and not any(isinstance(node, code.Name) and node.id in self.found.bound for node in nodes)

    def _if(
        self, test: code.Expr, body: tree.Block, orelse: tree.Block, defined: set[str], line: int, inner: bool
    ) -> set[str] | None:
        # `if value > best: best = value`: the test reads `best`, and only to decide about its write
        guarded = {name for name in _assigned(body) if name not in defined and _mentions(test, name)}
        for name in guarded:
            self.found.use(name).tested = line
        tested = defined | guarded
        self.read(test, tested, line)  # which may bind names: `if part := find(x)`
        defined = tested - guarded
        then = self.block(body, set(defined), inner=inner)
        other = self.block(orelse, set(defined), inner=inner)
        return _common([then, other])

    def _try(
        self,
        body: tree.Block,
        handlers: tuple[code.Handler, ...],
        orelse: tree.Block,
        final: tree.Block,
        defined: set[str],
        inner: bool,
    ) -> set[str] | None:
        after = self.block(body, set(defined), inner=inner)
        if after is not None:
            after = self.block(orelse, after, inner=inner)
        ends = [self.block(h.body, defined | ({h.name} if h.name else set()), inner=inner) for h in handlers]
        end = _common([after, *ends])
        last = self.block(final, set(defined) if end is None else end, inner=inner)
        return None if end is None else last

    def read(self, expression: code.Expr, defined: set[str], line: int) -> None:
        """Note what `expression` reads."""
        if isinstance(expression, code.Call) and self.tells(expression):
            self._talk(expression, defined)
            return
        match expression:
            case code.Name(id=name):
                self._read_name(name, defined, line)
                return
            case code.Yield(line=at):
                self.found.yields.append(at)
            case code.Comprehension(clauses=clauses):
                defined = defined | {name for clause in clauses for name in tree.bound_names(clause.target)}
            case code.Lambda(parameters=parameters, body=body):
                self.read(body, defined | {p.name for p in parameters}, line)
                return
            case code.Walrus(name=name, value=value):
                self.read(value, defined, line)
                self.found.use(name).written = line
                defined.add(name)
                return
        at = tree.line_of(expression, line)
        for part in tree.parts(expression):
            self.read(part, defined, at)

    def _talk(self, call: code.Call, defined: set[str]) -> None:
        for part in tree.every(call):
            if isinstance(part, code.Name) and part.id not in defined:
                use = self.found.use(part.id)
                use.talked = use.talked or call.line
            elif isinstance(part, code.Yield):
                self.found.yields.append(part.line)

    def _read_name(self, name: str, defined: set[str], line: int) -> None:
        if name not in defined:
            use = self.found.use(name)
            use.exposed = use.exposed or line


def _common(ends: list[set[str] | None]) -> set[str] | None:
    """What is written on every way that goes on."""
    going = [end for end in ends if end is not None]
    return set.intersection(*going) if going else None


def _assigned(body: tree.Block) -> set[str]:
    return {
        name
        for statement in tree.statements(body)
        if isinstance(statement, code.Assign)
        for target in statement.targets
        for name in tree.bound_names(target)
    }


def _mentions(expression: code.Expr, name: str) -> bool:
    return any(isinstance(node, code.Name) and node.id == name for node in tree.every(expression))


def _combines(value: code.Expr, name: str) -> bool:
    """Is `value` the old `name` combined with something new by an operation whose grouping does not matter?"""
    own = sum(isinstance(node, code.Name) and node.id == name for node in tree.every(value))
    if own != 1:
        return False
    match value:
        case code.Operation(operator="+" | "*" | "|" | "&" | "and" | "or", operands=operands):
            return any(isinstance(operand, code.Name) and operand.id == name for operand in operands)
        case code.Call(function=code.Name(id=last) | code.Attribute(name=last), arguments=arguments) if (
            last in _COMBINING
        ):
            inside = [item for a in arguments for item in (a.items if isinstance(a, code.Display) else (a,))]
            return any(isinstance(item, code.Name) and item.id == name for item in inside)
        case code.Display(items=items):
            return any(
                isinstance(i, code.Starred) and isinstance(i.value, code.Name) and i.value.id == name for i in items
            )
    return False
