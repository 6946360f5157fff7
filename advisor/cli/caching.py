"""The commands about what is kept between runs: cache info, cache clear."""

from __future__ import annotations

from advisor.cli.console import write_out


def info() -> None:
    """Say where it lies, and how much it is."""
    from advisor.inputs.remembered import user_cache
    from advisor.inputs.reports import size

    folder = user_cache()
    reports, total = size(folder)
    write_out(f"{folder}\n{reports:,} report{'' if reports == 1 else 's'} of earlier runs, {total / 1e6:.1f} MB\n")


def clear() -> None:
    """Forget the reports of earlier runs; profiles, races and the figures of this machine stay."""
    from advisor.inputs.remembered import user_cache
    from advisor.inputs.reports import forget

    write_out(f"forgot {forget(user_cache()):,} reports\n")
