"""Each form of syntax by hand, what is skipped, what must not break, and the marks in comments."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.model import code
from advisor.model.code import Call, Display, Expr, Literal, Name, Operation, Starred, Stmt
from advisor.model.facts import ModuleFacts, decode, encode
from advisor.model.source import Skipped, Source
from advisor.stages.extract import extract, extract_encoded

A, B, C, D = Name("a"), Name("b"), Name("c"), Name("d")
ONE, NONE = Literal("int", 1), Literal("none", None)


def facts(text: str) -> ModuleFacts:
    read = extract(Source("a.py", text), ())
    assert isinstance(read, ModuleFacts), read
    return read


def statement(text: str) -> Stmt:
    (only,) = facts(text).body
    return only


def value(text: str) -> Expr:
    made = statement(text)
    assert isinstance(made, code.Evaluate)
    return made.value


def call(uid: int, function: Expr, column: int, *arguments: Expr, line: int = 1) -> Call:
    return Call(uid, function, arguments, (), line, column, line)


# ---- expressions


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("1", ONE),
        ("0xFF", Literal("int", 255)),
        ("1_000", Literal("int", 1000)),
        (str(2**63), Literal("int", float(2**63))),
        ("9" * 400, Literal("int", None)),
        ("1.5e3", Literal("float", 1500.0)),
        ("2J", Literal("complex", "2j")),
        ("True", Literal("bool", True)),
        ("None", NONE),
        ("...", Literal("ellipsis", None)),
        ("'a\\n'", Literal("str", "a\n", 2)),
        ("r'\\n'", Literal("str", "\\n", 2)),
        ("b'\\xff'", Literal("bytes", "\xff", 1)),
        ("'a' 'b'", Literal("str", "ab", 2)),
        ("b'a' b'b'", Literal("bytes", "ab", 2)),
        ("('a'  # first\n 'b')", Literal("str", "ab", 2)),
        ("f'{{a}}'", Literal("str", "{a}", 3)),
        ("f'x{a}y{b:>{c}}{{'", code.Text("xy{", (A, B, C), (1, 2, 2))),
        ("f'{f\"{a}\"}{b!r}{c=}'", code.Text("", (code.Text("", (A,), (0,)), B, C), (0, 0, 0))),
        ("f'{a:=1}'", code.Text("", (A,), (0,))),
        ("t'x{a}'", code.Text("x", (A,), (1,))),
        ("'a' f'{b}' 'c'", code.Text("ac", (B,), (1,))),
    ],
)
def test_constants_and_texts(text: str, made: Expr) -> None:
    assert value(text) == made


def test_a_long_text_is_cut_and_its_size_kept() -> None:
    assert value(f"'{'x' * 1000}'") == Literal("str", "x" * 400, 1000)


@pytest.mark.parametrize("text", [r"'\ud800'", r"'a' '\ud800'", r"f'{a}\ud800'"])
def test_half_a_surrogate_pair_can_be_encoded(text: str) -> None:
    assert decode(encode([facts(text)])) == [facts(text)]


@pytest.mark.parametrize("text", [r"'\d+'", r"'a' '\d+'", r"b'\d'"])
def test_what_the_interpreter_would_warn_of_is_read_in_silence(text: str) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert "\\d" in str(value(text))
    assert caught == []


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a.b.c", code.Attribute(code.Attribute(A, "b"), "c")),
        ("a . b", code.Attribute(A, "b")),
        ("None.a", code.Attribute(NONE, "a")),
        ("a[b]", code.Subscript(A, B)),
        ("a[b,]", code.Subscript(A, Display("tuple", (B,)))),
        ("a[b, c]", code.Subscript(A, Display("tuple", (B, C)))),
        ("a[1:]", code.Subscript(A, Operation("slice", (ONE, NONE, NONE)))),
        ("a[::1]", code.Subscript(A, Operation("slice", (NONE, NONE, ONE)))),
        ("a[*b]", code.Subscript(A, Starred(B))),
        ("a, b", Display("tuple", (A, B))),
        ("()", Display("tuple", ())),
        ("((a))", A),
        ("(  # why\n a)", A),
        ("[a, *b]", Display("list", (A, Starred(B)))),
        ("{a, b}", Display("set", (A, B))),
        ("{a: b, **c}", Display("dict", (A, B, Starred(C)))),
        ("a + b + c", Operation("+", (A, B, C))),
        ("a + b - c", Operation("-", (Operation("+", (A, B)), C))),
        ("a + (b + c)", Operation("+", (A, Operation("+", (B, C))))),
        ("a and b or c", Operation("or", (Operation("and", (A, B)), C))),
        ("not a", Operation("not", (A,))),
        ("-a", Operation("-", (A,))),
        ("a @ b", Operation("@", (A, B))),
        ("a < b <= c", Operation("< <=", (A, B, C))),
        ("a not in b", Operation("not in", (A, B))),
        ("a is not b", Operation("is not", (A, B))),
        ("a if b else c", Operation("if", (A, B, C))),
        ("(a := b)", code.Walrus("a", B)),
        ("await a", code.Await(A, 1)),
        ("(yield)", code.Yield(None, False, 1)),
        ("(yield a, b)", code.Yield(Display("tuple", (A, B)), False, 1)),
        ("(yield from a)", code.Yield(A, True, 1)),
        ("lambda: a", code.Lambda((), A, 1)),
    ],
)
def test_expressions(text: str, made: Expr) -> None:
    assert value(text) == made


def test_calls_have_arguments_keywords_and_a_place() -> None:
    assert value("f(a, *b, c=1,\n  **d)") == Call(
        0, Name("f"), (A, Starred(B)), (code.Keyword("c", ONE), code.Keyword(None, D)), 1, 0, 2
    )


def test_columns_count_code_points() -> None:
    assert value("'é🐍', f()") == Display("tuple", (Literal("str", "é🐍", 2), call(0, Name("f"), 6)))


def test_names_are_compared_as_python_compares_them() -> None:
    assert value("\N{MATHEMATICAL FRAKTUR CAPITAL U}.\N{LATIN SMALL LIGATURE FI}") == code.Attribute(Name("U"), "fi")


def test_a_star_belongs_to_the_whole_call() -> None:
    assert value("[*f(a)]") == Display("list", (Starred(call(0, Name("f"), 2, A)),))
    assert value("*a.b, c") == Display("tuple", (Starred(code.Attribute(A, "b")), C))


def test_uids_follow_the_first_character_outermost_first() -> None:
    outer = value("f(g(), h())(k())")
    assert isinstance(outer, Call)
    assert isinstance(outer.function, Call)
    order = [outer, outer.function, *outer.function.arguments, *outer.arguments]
    assert [each.uid for each in order if isinstance(each, Call)] == [0, 1, 2, 3, 4]


def test_decorators_come_before_what_they_decorate() -> None:
    made = statement("@f()\nclass A(g(), metaclass=M):\n  @h\n  def k(): pass\n")
    assert isinstance(made, code.Class)
    assert made.decorators == (call(0, Name("f"), 1),)
    assert made.uid == 1
    assert made.bases == (call(2, Name("g"), 8, line=2), code.Unknown("keyword", (Name("M"),)))


def test_comprehensions_keep_every_clause() -> None:
    assert value("[a async for b in c if d if a for x, in d]") == code.Comprehension(
        0, "list", A,
        (code.Clause(B, C, (D, A), True), code.Clause(Display("tuple", (Name("x"),)), D, (), False)), 1, 0, 1,
    )  # fmt: skip
    assert value("{a: b for c in d}") == code.Comprehension(
        0, "dict", Display("tuple", (A, B)), (code.Clause(C, D, (), False),), 1, 0, 1
    )
    assert value("f(a for b in c)") == call(
        0, Name("f"), 0, code.Comprehension(1, "generator", A, (code.Clause(B, C, (), False),), 1, 1, 1)
    )


def test_an_unpacking_comprehension() -> None:
    assert value("{*a for b in c}") == code.Comprehension(
        0, "set", Starred(A), (code.Clause(B, C, (), False),), 1, 0, 1
    )


# ---- simple statements


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a = b = c, d", code.Assign((A, B), Display("tuple", (C, D)), None, None, 1)),
        ("a, *b = c", code.Assign((Display("tuple", (A, Starred(B))),), C, None, None, 1)),
        ("a: b", code.Assign((A,), None, B, None, 1)),
        ("a: b[c, d] = 1", code.Assign((A,), ONE, code.Subscript(B, Display("tuple", (C, D))), None, 1)),
        ("a: b.c | None", code.Assign((A,), None, Operation("|", (code.Attribute(B, "c"), NONE)), None, 1)),
        ("a **= b", code.Assign((A,), B, None, "**", 1)),
        ("type a[T: int] = b", code.Assign((A,), B, None, None, 1)),
        ("return", code.Return(None, 1)),
        ("return a, *b", code.Return(Display("tuple", (A, Starred(B))), 1)),
        ("raise", code.Raise(None, 1)),
        ("raise a from b", code.Raise(Operation("from", (A, B)), 1)),
        ("pass", code.Jump("pass", 1)),
        ("del a, b", code.Delete((A, B), 1)),
        ("assert a, b", code.Assert((A, B), 1)),
        ("global a, b", code.Scope("global", ("a", "b"), 1)),
    ],
)
def test_simple_statements(text: str, made: Stmt) -> None:
    assert statement(text) == made


def test_print_of_python_2_is_a_call() -> None:
    assert value("print >>a, b") == Call(0, Name("print"), (B,), (code.Keyword("file", A),), 1, 0, 1)


def test_an_assignment_to_an_attribute_of_a_type_is_no_type_alias() -> None:
    first, second = facts("type(a).b = f()\ntype(c)[d] = 1\n").body
    target = code.Attribute(call(0, Name("type"), 4, A), "b")
    assert isinstance(first, code.Assign)
    assert [type(each) for each in first.targets] == [code.Attribute]
    assert isinstance(first.value, Call)
    assert second == code.Assign((code.Subscript(call(2, Name("type"), 0, C, line=2), D),), ONE, None, None, 2)
    assert isinstance(first.targets[0], code.Attribute)
    assert first.targets[0].name == target.name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import a", [code.Imported("a", "a", None, 0, True)]),
        ("import a.b, c.d as e", [code.Imported("a", "a.b", None, 0, True), code.Imported("e", "c.d", None, 0, False)]),
        ("from a import b as c", [code.Imported("c", "a", "b", 0, False)]),
        ("from .. import (a, b,)", [code.Imported("a", "", "a", 2, False), code.Imported("b", "", "b", 2, False)]),
        ("from . a . b import c", [code.Imported("c", "a.b", "c", 1, False)]),
        ("from ...a import *", [code.Imported("*", "a", "*", 3, False)]),
        ("from __future__ import annotations", [code.Imported("annotations", "__future__", "annotations", 0, False)]),
    ],
)
def test_imports(text: str, names: list[code.Imported]) -> None:
    assert statement(text) == code.Import(tuple(names), 1)


def test_a_lazy_import_is_an_import() -> None:
    body = facts("lazy import a\nlazy from b import c\n").body
    assert [made.names[0].module for made in body if isinstance(made, code.Import)] == ["a", "b"]


# ---- compound statements


def test_elif_is_an_if_in_the_orelse() -> None:
    made = statement("if a:\n  b\nelif c:\n  d\nelse:\n  a\n")
    last = code.If(C, (code.Evaluate(D, 4),), (code.Evaluate(A, 6),), 3)
    assert made == code.If(A, (code.Evaluate(B, 2),), (last,), 1)


def test_loops() -> None:
    made = statement("for a, in b, c:\n  d\nelse:\n  pass\n  # not the loop's end\n")
    over = Display("tuple", (B, C))
    body, orelse = (code.Evaluate(D, 2),), (code.Jump("pass", 4),)
    assert made == code.For(0, Display("tuple", (A,)), over, body, orelse, False, 1, 0, 4)
    assert statement("while a: break; continue\n") == code.While(
        0, A, (code.Jump("break", 1), code.Jump("continue", 1)), (), 1, 0, 1
    )


def test_async_forms() -> None:
    made = statement("async def f():\n  async for a in b: pass\n  async with c as d: pass\n")
    assert isinstance(made, code.Function)
    assert made.is_async
    loop, block = made.body
    assert isinstance(loop, code.For)
    assert isinstance(block, code.With)
    assert (loop.is_async, block.is_async) == (True, True)


def test_nonlocal() -> None:
    made = statement("def f(a):\n  def g():\n    nonlocal a\n")
    assert isinstance(made, code.Function)
    (inner,) = made.body
    assert isinstance(inner, code.Function)
    assert inner.body == (code.Scope("nonlocal", ("a",), 3),)


def test_groups_of_exceptions_and_those_without_parentheses() -> None:
    made = statement("try: a\nexcept* d: pass\nexcept* a, b: pass\n")
    assert isinstance(made, code.Try)
    assert [handler.caught for handler in made.handlers] == [D, Display("tuple", (A, B))]


def test_try_with_all_its_parts() -> None:
    made = statement(
        "try: a\nexcept (b, c) as d: pass\nexcept d: pass\nexcept (a, b): pass\nexcept: pass\nelse: b\nfinally: c\n"
    )
    assert isinstance(made, code.Try)
    assert [(handler.caught, handler.name, handler.line) for handler in made.handlers] == [
        (Display("tuple", (B, C)), "d", 2),
        (D, None, 3),
        (Display("tuple", (A, B)), None, 4),
        (None, None, 5),
    ]
    assert (made.body, made.orelse, made.final) == (
        (code.Evaluate(A, 1),), (code.Evaluate(B, 6),), (code.Evaluate(C, 7),)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("head", "items"),
    [
        ("a as b, c", [(A, B), (C, None)]),
        ("(a as b, c as d,)", [(A, B), (C, D)]),
        ("(a, b)", [(A, None), (B, None)]),
        ("(a, b) as c", [(Display("tuple", (A, B)), C)]),
        ("(a) as (b, c)", [(A, Display("tuple", (B, C)))]),
    ],
)
def test_with_items(head: str, items: list[tuple[Expr, Expr | None]]) -> None:
    made = statement(f"with {head}: pass\n")
    assert isinstance(made, code.With)
    assert list(made.items) == items


@pytest.mark.parametrize(
    ("pattern", "binds"),
    [
        ("a", ("a",)),
        ("_", ()),
        ("1 | -2 | 'x' | None | a.b", ()),
        ("[a, *b]", ("a", "b")),
        ("(a | [_, a]) as b", ("a", "a", "b")),
        ("{'k': a, m.k: b, **c}", ("a", "b", "c")),
        ("P(a, m.Q(b), k=c)", ("a", "b", "c")),
        ("str() as s, *_", ("s",)),
    ],
)
def test_patterns_bind_names(pattern: str, binds: tuple[str, ...]) -> None:
    made = statement(f"match a, b:\n  case {pattern} if c: pass\n")
    assert made == code.Match(Display("tuple", (A, B)), (code.MatchCase(binds, C, (code.Jump("pass", 2),)),), 1)


def test_soft_keywords_are_names_too() -> None:
    assert [type(made) for made in facts("match = type\nmatch(type)\nprint(match[type])\ntype = 1\n").body] == [
        code.Assign, code.Evaluate, code.Evaluate, code.Assign
    ]  # fmt: skip


def test_parameters() -> None:
    made = statement("def f[T](a, /, b: int = 1, *c: d, e, g=1, **h) -> T: pass\n")
    assert isinstance(made, code.Function)
    assert made.parameters == (
        code.Parameter("a", None, None, "positional"),
        code.Parameter("b", Name("int"), ONE, "positional"),
        code.Parameter("c", D, None, "*"),
        code.Parameter("e", None, None, "keyword"),
        code.Parameter("g", None, ONE, "keyword"),
        code.Parameter("h", None, None, "**"),
    )
    assert made.returns == Name("T")
    assert value("lambda a, *, b=1: c") == code.Lambda(
        (code.Parameter("a", None, None, "positional"), code.Parameter("b", None, ONE, "keyword")), C, 1
    )


@pytest.mark.parametrize(
    ("body", "is_generator"),
    [
        ("yield", True),
        ("a = yield from b", True),
        ("return 1", False),
        ("lambda: (yield)", False),
        ("def g(): yield", False),
    ],
)
def test_a_generator_has_a_yield_of_its_own(body: str, is_generator: bool) -> None:
    made = statement(f"def f():\n  {body}\n")
    assert isinstance(made, code.Function)
    assert made.is_generator is is_generator


def test_comments_after_a_block_do_not_lengthen_it() -> None:
    made = statement("class A:\n  def f(self):\n    for a in b:\n      f(\n        c)\n      # end\n    # end\n")
    assert isinstance(made, code.Class)
    assert made.end_line == 5


# ---- files as a whole


@pytest.mark.parametrize(("text", "lines"), [("", 0), ("\n", 1), ("a", 1), ("a\n# b\n", 2)])
def test_lines_are_counted(text: str, lines: int) -> None:
    assert facts(text).lines == lines


def test_an_empty_file_has_no_statements() -> None:
    assert facts("").body == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nf(\n", 2),
        ("def f(:\n  pass\n", 1),
        ("for a in b:\n", 1),
        ("a = 'b\n", 1),
        ("a b\n", 1),
        ("a = $b\n", 1),
        ("import sys\nprint 'a'\n", 2),
        ("exec 'a'\n", 1),
        ("x = " + "[" * 20_000 + "1" + "]" * 20_000, 1),
        ("x = " + "f(" * 20_000 + ")" * 20_000, 1),
    ],
)
def test_a_syntax_error_is_skipped_with_its_line(text: str, line: int) -> None:
    read = extract(Source("a.py", text), ())
    assert isinstance(read, Skipped)
    assert read.why.startswith("syntax error: ")
    assert read.line == line


@pytest.mark.parametrize(
    "text",
    [
        "type X[T] = int\n",
        "def f[T](a: T): pass\n",
        "x = f'{a['b']}'\n",
        "x = f'{a # b\n}'\n",
        "x = t'{a}'\n",
        "try:\n  f()\nexcept A, B:\n  pass\n",
    ],
)
def test_code_for_newer_pythons_is_read(text: str) -> None:
    assert len(facts(text).body) == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x = 0777\n", 1),
        ("raise E, 'a'\n", 1),
        ("def f((a, b)): pass\n", 1),
        ("a\n  b\n", 2),
        ("if a:\n  b\n    c\n", 3),
        ("if a:\n    b\n  c\n", 3),
        ("x = 10L\n", 1),
        ("def f(a, a): pass\n", 1),
        ("f() = 1\n", 1),
        ("'{a['b']}'\n", 1),
    ],
)
def test_what_python_refuses_is_skipped(text: str, line: int) -> None:
    read = extract(Source("a.py", text), ())
    assert isinstance(read, Skipped)
    assert read.why.startswith("syntax error: ")
    assert read.line == line


@pytest.mark.parametrize("text", ["print >>file, 'a'\n", "print('a')\n", "print\n", "exec('a')\n"])
def test_what_only_resembles_python_2_is_read(text: str) -> None:
    assert len(facts(text).body) == 1


def test_warnings_of_the_code_that_is_read_are_not_shown(recwarn: pytest.WarningsRecorder) -> None:
    extract(Source("a.py", "'\\d'\nf(\n"), ())
    extract(Source("a.py", "'\\d' '\\e'\n1 is 1\n"), ())
    assert not recwarn.list


@pytest.mark.parametrize("text", ["a = '\0'\n", "a = '\ud800'\n"])
def test_text_that_cannot_be_python_is_skipped(text: str) -> None:
    read = extract(Source("a.py", "\n" + text), ())
    assert isinstance(read, Skipped)
    assert read.line == 2


# ---- depth


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 190 + "1" + ")" * 190,
        "x = " + " + ".join(["a"] * 10_000),
        "x = a" + " + b - c" * 5_000,
        "x = " + " and ".join(["a"] * 10_000),
        "if a: b\n" + "elif c: d\n" * 5_000 + "else: e\n",
        "a = " * 10_000 + "1",
        "x = (" + "'a' " * 20_000 + ")",
        "a" + ".b()" * 90,
        "".join(" " * depth + "if a:\n" for depth in range(99)) + " " * 99 + "b",
    ],
)
def test_long_chains_are_read_and_survive_encoding(text: str) -> None:
    read = facts(text)
    assert decode(encode([read])) == [read]


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "-" * 20_000 + "1",
        "a" + ".b()" * 20_000,
        "a" + ".b" * 20_000,
        "x = " + "not " * 20_000 + "a",
        "x = " + "a if b else " * 20_000 + "c",
        "x = " + "lambda: " * 20_000 + "c",
    ],
)
def test_what_nests_too_deeply_is_skipped(text: str) -> None:
    assert extract(Source("a.py", "\n" + text), ()) == Skipped("a.py", "nested too deeply", 2)


def test_no_branch_of_a_long_elif_chain_is_lost() -> None:
    text = "if a: f(0)\n" + "".join(f"elif c: f({n})\n" for n in range(1, 200)) + "else: f(200)\n"
    pending: list[object] = [*facts(text).body]
    seen = []
    while pending:
        node = pending.pop()
        if isinstance(node, code.If):
            pending += [*node.body, *node.orelse]
        elif isinstance(node, code.Evaluate) and isinstance(node.value, Call):
            seen.append((node.line, node.value.uid))
    assert sorted(seen) == [(line, line - 1) for line in range(1, 202)]


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet=st.characters(), max_size=80)
    | st.text(alphabet="ab1 \n\t\r:=()[]{}'\"\\#@*.,fdefiforin\0\x0c", max_size=80)
)
def test_no_text_breaks_it(text: str) -> None:
    read = extract(Source("a.py", text), ())
    assert decode(encode([read])) == [read]


# ---- several files


def test_encoded_files_come_in_their_order() -> None:
    sources = [Source("b.py", "a\n"), Source("a.py", "f(\n"), Source("c.py", "")]
    assert decode(extract_encoded(sources, ())) == [extract(source, ()) for source in sources]


# ---- marks in comments


@pytest.mark.parametrize(
    ("text", "ignores"),
    [
        ("a  # advisor: ignore", [(1, 1, 1, ())]),
        ("a  #advisor:ignore because it is short", [(1, 1, 1, ())]),
        ("a  # noqa # advisor: ignore[one, two-b] reason", [(1, 1, 1, ("one", "two-b"))]),
        ("a\n# advisor: ignore-file\n", [(2, 0, 0, ())]),
        ("# advisor: ignore-file[one]\n# advisor: ignore-file[two]\n", [(1, 0, 0, ("one",)), (2, 0, 0, ("two",))]),
        ("a  # advisor: ignore[one] # advisor: ignore", [(1, 1, 1, ("one",)), (1, 1, 1, ())]),
        ("'# advisor: ignore'", []),
        ('"""\n# advisor: ignore\n"""', []),
        ("a  # advisor: ignored", []),
        ("a  # advisor: ignore[]", []),
        ("a  # advisor: ignore-files", []),
        ("a  # the advisor: ignore", []),
    ],
)
def test_marks(text: str, ignores: list[tuple[int, int, int, tuple[str, ...]]]) -> None:
    assert [(each.line, each.first, each.last, each.slugs) for each in facts(text).ignores] == ignores


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("# advisor: ignore\nfor a in b:\n    c\n    d\ne\n", (2, 4)),
        ("# advisor: ignore\n# because\nfor a in b:\n    c\nelse:\n    d\ne\n", (3, 6)),
        ("if a:\n    # advisor: ignore\n    for b in c:\n        d\n    e\n", (3, 4)),
        ("# advisor: ignore\n@a\ndef b():\n    c\n\n\nd\n", (2, 4)),
        ("a = [\n    # advisor: ignore\n    b(\n        c\n    ),\n]\n", (3, 5)),
        ("# advisor: ignore\n\nfor a in b:\n    c\n", (1, 1)),  # not directly above
        ("a\n# advisor: ignore\n", (2, 2)),
        ("for a in b:  # advisor: ignore\n    c\n", (1, 1)),
    ],
)
def test_a_mark_on_a_line_of_its_own_counts_for_the_block_below(text: str, lines: tuple[int, int]) -> None:
    [ignore] = facts(text).ignores
    assert (ignore.first, ignore.last) == lines


@pytest.mark.parametrize(
    ("text", "noqa"),
    [
        ("a  # noqa", {1: ()}),
        ("a  #NOQA because it is short", {1: ()}),
        ("a  # noqa: ASYNC210", {1: ("ASYNC210",)}),
        ("a  # noqa:E501,ASYNC210", {1: ("E501", "ASYNC210")}),
        ("a  # noqa : async210 E501 once at start", {1: ("ASYNC210", "E501")}),
        ("a  # type: ignore  # noqa: RUF006 - kept elsewhere", {1: ("RUF006",)}),
        ("a  # noqa: RUF006 # noqa: E501", {1: ("E501", "RUF006")}),
        ("a  # noqa: RUF006 # noqa", {1: ()}),
        ("a\n# ruff: noqa: RUF006\n", {0: ("RUF006",)}),
        ("# flake8: noqa\na", {0: ()}),
        ("a  # pylint: disable=W0640", {1: ("W0640",)}),
        ("a  # pylint: disable=invalid-name, cell-var-from-loop", {1: ("invalid-name", "W0640")}),
        ("# pylint: disable-next=cell-var-from-loop\na", {2: ("W0640",)}),
        ("a  # pylint: enable=W0640", {}),
        ("a  # noqa: because it is short", {}),
        ("a  # noqa:", {}),
        ("a  # noqas", {}),
        ("a  # no qa", {}),
        ("'# noqa'", {}),
    ],
)
def test_marks_for_other_linters(text: str, noqa: dict[int, tuple[str, ...]]) -> None:
    assert facts(text).noqa == noqa
