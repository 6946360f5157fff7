"""The commands about what is kept between runs: cache info, cache clear."""

from __future__ import annotations

from advisor.cli.console import write_out


def info() -> None:
    """Say where it lies, and how much it is."""
    from advisor.inputs import kept_facts, reports
    from advisor.inputs.remembered import user_cache

    folder = user_cache()
    (told, size), (files, taken) = reports.size(folder), kept_facts.size(folder)
    write_out(
        f"{folder}\n{_count(told, 'report')} of earlier runs, {size / 1e6:.1f} MB\n"
        f"facts of {_count(files, 'file')}, {taken / 1e6:.1f} MB\n"
    )


def clear() -> None:
    """Forget the reports of earlier runs and the facts of files; profiles, races and the figures of this machine stay."""
    from advisor.inputs import kept_facts, reports
    from advisor.inputs.remembered import user_cache

    folder = user_cache()
    told, files = reports.forget(folder), kept_facts.forget(folder)
    write_out(f"forgot {_count(told, 'report')}, and the facts of {_count(files, 'file')}\n")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
