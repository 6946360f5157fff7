"""One file a format, each with `render(report, view) -> str`; `formats.py` has the table of them. Nothing here prints."""
