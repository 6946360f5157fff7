"""One file a format, each with `render(report) -> str`. Nothing here prints."""
