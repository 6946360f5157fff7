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


def quoted(path: str) -> str:
    """`path` as a line of a diff names it: in quotes and escaped as git does, where it holds what does not print."""
    if path.isprintable() and not any(sign in path for sign in '"\\'):
        return path
    signs = {
        "\t": "\\t",
        "\n": "\\n",
        "\r": "\\r",
        "\a": "\\a",
        "\b": "\\b",
        "\f": "\\f",
        "\v": "\\v",
        '"': '\\"',
        "\\": "\\\\",
    }
    return '"' + "".join(signs.get(c) or (c if c.isprintable() else _octal(c)) for c in path) + '"'


def _octal(character: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogateescape"))


def visible_lines(text: str) -> str:
    """`text` for a terminal, its tabs and the ends of its lines as they are, all else that does not print escaped."""
    return "\n".join(map(_visible_line, text.split("\n")))


def coloured_diff(text: str) -> str:
    """A unified diff in the colours that git gives it."""
    return "\n".join(map(_coloured, text.split("\n")))


def _coloured(line: str) -> str:
    style = next((style for start, style in _DIFF_STYLES if line.startswith(start)), "")
    return f"\x1b[{style}m{line}\x1b[0m" if style else line


_DIFF_STYLES = (("--- ", "1"), ("+++ ", "1"), ("@@", "36"), ("-", "31"), ("+", "32"))


def _visible_line(line: str) -> str:
    end = "\r" if line.endswith("\r") else ""
    return "\t".join(map(visible, line.removesuffix("\r").split("\t"))) + end
