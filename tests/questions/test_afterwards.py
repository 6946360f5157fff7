"""Which names keep what the last round gave them, and are read when the loop is over."""

from __future__ import annotations

from textwrap import indent

import pytest

from advisor.questions.afterwards import kept
from advisor.questions.flow import flow_of
from tests.linking import linked

SET = "for x in xs: t = get(x)"


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (f"{SET}\nreturn t", ["t"]),
        (f"{SET}\nt = n\nreturn t", []),
        (f"{SET}\nfor t in xs: print(t)", []),
        (f"{SET}\nelse: print(t)", ["t"]),
        (f"{SET}\nif n: t = 1\nprint(t)", ["t"]),
        (f"{SET}\nif n: t = 1\nelse: t = 2\nprint(t)", []),
        (f"{SET}\nreturn [t for t in xs]", []),
        ("for x in xs: t, u = get(x)\nreturn u", ["u"]),
        ("for x in xs:\n    try: t = get(x)\n    except OSError: pass\nreturn t", ["t"]),
        ("for x in xs:\n    if get(x): t = x\nreturn t", ["t"]),
        # always the same
        ("for x in xs:\n    if get(x): t = True\nreturn t", []),
        ("for x in xs:\n    if get(x): t = True\n    else: t = False\nreturn t", ["t"]),
        # told otherwise: it goes from round to round
        ("for x in xs: t = get(x, t)\nreturn t", []),
        ("for x in xs: t += get(x)\nreturn t", []),
        ("for x in xs:\n    y = get(x)\n    if y > t: t = y\nreturn t", []),
        ("for x in xs: get(x)\nreturn x", []),  # the last item, whatever was done with it
        # the way out
        (f"if n:\n    {SET}\nreturn t", ["t"]),
        (f"if n:\n    {SET}\n    return\nreturn t", []),
        (f"while n:\n    print(t)\n    {SET}", ["t"]),
        (f"while t:\n    {SET}", ["t"]),
        (f"while n:\n    t = 1\n    {SET}", []),
        (f"for y in n:\n    {SET}\n    print(t)", ["t"]),
        (f"try:\n    {SET}\nexcept OSError: print(t)", []),  # of the round that failed
        (f"try:\n    {SET}\nexcept OSError: pass\nprint(t)", ["t"]),
        (f"try:\n    {SET}\nexcept OSError: pass\nelse: print(t)", ["t"]),
        (f"try:\n    {SET}\nfinally: print(t)", ["t"]),
        (f"with n:\n    {SET}\nprint(t)", ["t"]),
        # others who see it
        (f"def tell(): return t\n{SET}\nreturn tell", ["t"]),
        (f"def tell(t): return t\n{SET}\nreturn tell", []),
        ("for x in xs:\n    t = get(x)\n    def tell(): return t\n    tell()", []),
        (f"global T\n{SET.replace('t =', 'T =')}", ["T"]),
    ],
)
def test_names_that_are_read_when_the_loop_is_over(body: str, names: list[str]) -> None:
    found = linked(f"from requests import get\nT = None\ndef work(xs, n, t=None):\n{indent(body, '    ')}\n")
    site = [site for site in found.sites if site.function == found.work.id][-1 if "[t for" not in body else 0]
    assert list(kept(found.program, site, flow_of(site))) == names


@pytest.mark.parametrize(
    ("after", "names"),
    [
        ("print(t)", ["t"]),
        ("def tell(): return t", ["t"]),
        ("def tell(t): return t", []),
        ("class Told:\n    kept = t", ["t"]),
        ("print(xs)", []),
    ],
)
def test_names_of_a_module(after: str, names: list[str]) -> None:
    found = linked(f"from requests import get\nxs = open('a')\n{SET}\n{after}\n")
    site = found.sites[0]
    assert list(kept(found.program, site, flow_of(site))) == names
