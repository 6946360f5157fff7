"""A race as a person wants to read it: a table, a bar chart and the verdict; as Markdown, JSON, and as hyperfine exports it.

Times vary, so the text does; its shape does not. Of a given width, and free of control characters whatever a program printed.
"""

from __future__ import annotations

import json
from io import StringIO
from statistics import fmean, median, stdev

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from advisor.model.race import ORIGINAL, TOGETHER, Ending, RaceReport, RacesReport, Standing, VariantReport
from advisor.outputs.characters import to_ascii, visible

_BAR = 40  # columns at the most
_STYLE = {
    Standing.SAME: "green", Standing.WRONG: "bold red", Standing.FAILED: "bold red", Standing.TIMED_OUT: "yellow",
    Standing.UNCHECKED: "yellow", Standing.REFUSED: "dim", Standing.WAITING: "dim",
}  # fmt: skip
_ENDS = {Ending.WON: "bold green", Ending.STAYS: "bold yellow"}
_HEADS = ("", "time", "spread", "speed-up", "CPU", "memory", "result")


def render(report: RaceReport | RacesReport, width: int, color: bool, ascii_only: bool = False) -> str:
    """The table of all variants, the chart, the verdict and the notes; of several races one after the other."""
    if isinstance(report, RacesReport):
        texts = [render(each, width, color, ascii_only) for each in _in_turn(report)]
        return "\n".join(
            [*texts, *(f"not raced: {visible(each)}\n" for each in report.skipped)] or ["Nothing to race.\n"]
        )
    out = StringIO()
    console = Console(
        file=out, width=width, force_terminal=color, color_system="standard" if color else None,
        highlight=False, markup=False, emoji=False, legacy_windows=False,
    )  # fmt: skip
    console.print(Text(_headline(report), "bold"))
    console.print()
    console.print(table(report))
    console.print()
    if sum(1 for each in report.variants if each.runs) > 1:
        console.print(_chart(report, width))
        console.print()
    for text in _differences(report):
        console.print(Text(text))
    console.print(Text(visible(report.verdict), _ENDS.get(report.ending, "bold")))
    for note in report.notes:
        console.print(Text(f"note: {visible(note)}", "dim"))
    text = "\n".join(line.rstrip() for line in out.getvalue().split("\n"))
    return to_ascii(text) if ascii_only else text


def live(report: RaceReport, doing: str) -> RenderableType:
    """What is known while the race goes on."""
    return Group(Text(_headline(report), "bold"), table(report), Text(f"{visible(doing)} …", "cyan"))


def table(report: RaceReport) -> Table:
    grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for head in _HEADS:
        grid.add_column(head, justify="left" if head in ("", "result") else "right", no_wrap=True)
    for each in report.variants:
        cells = _cells(each)
        style = "bold" if each.name == report.winner else ""
        grid.add_row(Text(cells[0], style), *cells[1:-1], Text(cells[-1], _STYLE[each.standing]))
    return grid


def _in_turn(report: RacesReport) -> list[RaceReport]:
    return [*report.races, *([report.together] if report.together is not None else [])]


def markdown(report: RaceReport | RacesReport) -> str:
    """A table for a pull request or an issue."""
    if isinstance(report, RacesReport):
        return "\n".join(
            [*map(markdown, _in_turn(report)), *(f"not raced: {visible(each)}\n" for each in report.skipped)]
        )
    rows = [" | ".join(_HEADS), " | ".join(["---", "---:", "---:", "---:", "---:", "---:", "---"])]
    for each in report.variants:
        cells = [cell.replace("|", "\\|") for cell in _cells(each)]
        rows.append(" | ".join([f"**{cells[0]}**" if each.name == report.winner else cells[0], *cells[1:]]))
    lines = [f"| {row.strip()} |" if row.strip() else row for row in rows]
    after = [*_differences(report), f"**{visible(report.verdict)}**", *map(visible, report.notes)]
    return "\n".join([_headline(report), "", *lines, "", *(f"{line}\n" for line in after)])


def as_json(report: RaceReport | RacesReport) -> str:
    return json.dumps(report.model_dump(mode="json"), indent=2, ensure_ascii=True) + "\n"


def as_hyperfine(report: RaceReport | RacesReport) -> str:
    """The timed runs in the shape of `hyperfine --export-json`, for the tools that plot it."""
    races = _in_turn(report) if isinstance(report, RacesReport) else [report]
    results = [_hyperfine(each) for race in races for each in race.variants if each.runs]
    return json.dumps({"results": results}, indent=2) + "\n"


def _hyperfine(variant: VariantReport) -> dict[str, object]:
    times = variant.seconds
    return {
        "command": variant.name,
        "mean": fmean(times),
        "stddev": stdev(times) if len(times) > 1 else None,
        "median": median(times),
        "user": fmean(run.cpu_user for run in variant.runs),
        "system": fmean(run.cpu_system for run in variant.runs),
        "min": min(times),
        "max": max(times),
        "times": times,
        "memory_usage_byte": [run.memory for run in variant.runs],
        "exit_codes": [run.exit_code for run in variant.runs],
        "parameters": {"variant": variant.name},
    }


def _headline(report: RaceReport) -> str:
    where = f" in {report.function}" if report.function else ""
    if any(each.name == TOGETHER for each in report.variants):
        return f"Race of all winners together: {visible(' '.join(report.command))}"
    command = visible(" ".join(report.command))
    under = f"Python {report.python}, {report.cores} cores"
    under += f", {report.latency * 1000:g} ms of latency" if report.latency else ""
    return f"Race of {visible(report.path)}:{report.line}{where}: {command} ({under})"


def _cells(variant: VariantReport) -> list[str]:
    if not variant.runs:
        return [variant.name, "", "", "", "", "", _standing(variant)]
    times = variant.seconds
    speedup = "" if variant.name == ORIGINAL or variant.speedup is None else f"{variant.speedup:.2f}×"
    return [
        variant.name, _time(variant.median), f"{_number(min(times))}–{_time(max(times))}", speedup,
        _time(variant.median_cpu), _memory(int(median(run.memory for run in variant.runs))),
        _standing(variant),
    ]  # fmt: skip


def _standing(variant: VariantReport) -> str:
    if variant.standing is Standing.SAME and variant.name != ORIGINAL:
        return f"same in {variant.checked} of {variant.checked}"
    if variant.name == ORIGINAL:
        return "differs by itself" if variant.standing is Standing.UNCHECKED else ""
    return str(variant.standing).replace("-", " ").replace("waiting", "")


def _differences(report: RaceReport) -> list[str]:
    bad = [each for each in report.variants if each.difference and each.name != ORIGINAL]
    return [f"{each.name} is {str(each.standing).replace('-', ' ')}: {visible(each.difference)}" for each in bad]


def _chart(report: RaceReport, width: int) -> Text:
    """One bar for each variant that ran, as long as its median time."""
    ran = [each for each in report.variants if each.runs]
    label = max(len(each.name) for each in ran)
    room = max(10, min(_BAR, width - label - 14))
    longest = max(each.median for each in ran)
    text = Text()
    for index, each in enumerate(ran):
        bar = "█" * max(1, round(room * each.median / longest))
        style = "green" if each.name == report.winner else "blue" if each.name == ORIGINAL else "dim"
        text.append(f"{each.name:<{label}}  ").append(bar, style).append(f" {_time(each.median)}")
        text.append("" if index == len(ran) - 1 else "\n")
    return text


def _time(seconds: float) -> str:
    return f"{_number(seconds)} s"


def _number(seconds: float) -> str:
    return f"{seconds:.3f}" if seconds < 1 else f"{seconds:.2f}" if seconds < 100 else f"{seconds:.0f}"


def _memory(size: int) -> str:
    if not size:
        return ""
    return f"{size / 1e6:.0f} MB" if size < 1e9 else f"{size / 1e9:.1f} GB"
