"""Fixes of what must be given back in any case, and that fit the oldest Python on which a project runs."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from advisor.errors import AdvisorError
from advisor.refactoring import refactor, wanted
from advisor.settings import Settings


def fixed(folder: Path, code: str, line: int, requires: str = ">=3.11") -> str:
    """The file with the misuse in `line` fixed, in a project that declares its Python."""
    (folder / "pyproject.toml").write_text(f'[project]\nname = "app"\nrequires-python = "{requires}"\n')
    file = folder / "app.py"
    file.write_text(dedent(code).lstrip(), encoding="utf-8")
    return refactor(wanted(f"{file}:{line}", None, None), Settings(jobs=1)).files[0].text


FLOWS = """
    from multiprocessing.pool import ThreadPool
    import requests

    POOL = ThreadPool(4)

    def flow(url):
        requests.post(url, timeout=3).raise_for_status()

    def start(url):
        POOL.apply_async(flow, (url,))
    """


@pytest.mark.parametrize(("requires", "alone"), [(">=3.9", False), (">=3.10", True)])
def test_a_traceback_is_printed_on_the_oldest_python(requires: str, alone: bool, tmp_path: Path) -> None:
    """Up to 3.9 `print_exception` takes three arguments, and a callback that raises ends the pool's thread of results."""
    text = fixed(tmp_path, FLOWS, 10, requires)
    assert ("error_callback=traceback.print_exception)" in text) is alone
    assert ("traceback.print_exception(type(error), error, error.__traceback__)" in text) is not alone


LOCKED = """
    import threading
    from pathlib import Path

    LOCK = threading.Lock()

    def load(name, pages):
        LOCK.acquire()
        # one reader at a time
        pages[name] = Path(name).read_text(
            encoding="utf-8",
        )
        LOCK.release()
        return pages
    """


def test_a_lock_is_held_by_a_block(tmp_path: Path) -> None:
    text = fixed(tmp_path, LOCKED, 7)
    expected = """
        def load(name, pages):
            with LOCK:
                # one reader at a time
                pages[name] = Path(name).read_text(
                    encoding="utf-8",
                )
            return pages
        """
    assert dedent(expected).strip() in text


def test_a_lock_that_stays_taken_on_purpose_is_left(tmp_path: Path) -> None:
    """What leaves between the two may hand the lock to somebody else."""
    code = LOCKED.replace("        # one reader at a time\n", "        if name in pages:\n            return None\n")
    with pytest.raises(AdvisorError, match=r"\(early-exit\)"):
        fixed(tmp_path, code, 7)


def test_tasks_are_made_before_they_are_waited_for(tmp_path: Path) -> None:
    code = """
        import asyncio

        async def read(stream):
            return await stream.readline()

        async def first(streams):
            done, _ = await asyncio.wait([read(each) for each in streams])
            return done
        """
    assert "asyncio.wait([asyncio.create_task(read(each)) for each in streams])" in fixed(tmp_path, code, 7)
