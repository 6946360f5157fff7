"""What may reach a terminal: no control characters, and nothing beyond ASCII where the terminal cannot show it."""

from __future__ import annotations

_ASCII = str.maketrans("→×–—│─…⋮·•≥≤’‘“”", ">x--|-~:-*><''\"\"")


def visible(text: str) -> str:
    """`text` on one line: tabs as four spaces, what does not print (escape codes, lone surrogates) as `\\x1b`."""
    text = text.replace("\t", "    ")
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def to_ascii(text: str) -> str:
    """The typographic characters of our own output as ASCII of the same width; letters of other scripts stay."""
    return text.translate(_ASCII)
