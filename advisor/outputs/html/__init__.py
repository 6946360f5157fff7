"""The report as one web page that stands alone: it loads nothing, and runs no script and no style but its own.

Deterministic. All that comes from the analysed program is escaped by the templates, by Pygments or by the XML writer, and a
Content-Security-Policy allows only the page's script and style, by their hashes.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from advisor.model.report import Report
from advisor.outputs import phrases
from advisor.outputs.characters import visible
from advisor.outputs.html.numbers import factor, span
from advisor.outputs.html.page import page_of
from advisor.outputs.html.prose import marked_up
from advisor.outputs.view import View


def render(report: Report, view: View) -> str:
    """The page; of a file whose source `view` does not give, no code is shown."""
    style, script = (files(__package__).joinpath("static", name).read_text("utf-8") for name in ("page.css", "page.js"))
    page = (
        _templates()
        .get_template("page.html")
        .render(
            page=page_of(report, view),
            style=Markup(style),  # both are ours, and neither may be escaped
            script=Markup(script),
            policy=_policy(style, script),
        )
    )
    return page.encode("utf-8", "backslashreplace").decode("utf-8")


def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader(__name__, "templates"),
        autoescape=True,
        finalize=_printable,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters.update(count=phrases.count, duration=phrases.duration, factor=factor, prose=marked_up)
    templates.globals.update(span=span, times=phrases.times)
    return templates


def _printable(value: object) -> object:
    """What stands in the page: no control characters, and nothing that turns the direction of the text around it."""
    return visible(value) if type(value) is str else value


def _policy(style: str, script: str) -> str:
    """Nothing may be loaded, sent or framed; the one style and the one script are known by their hashes."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode('ascii')}"
