"""Rounds whose order somebody keeps who is not seen in the loop: the iterator, a limiter, another program, the other side."""

from __future__ import annotations

import pytest

from advisor.model.case import Case
from advisor.model.site import DependenceKind
from tests.linking import linked

HEAD = """
import os, shutil, subprocess, time, requests
from requests import get

def emptied(names, source):
    shutil.copytree(source, "copy of " + source)
    del names[:]

def feed(url): return get(url).json()
def title(entry): return entry["title"]

"""


def first(body: str) -> Case:
    """The first site of `work`."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    found = linked(f"{HEAD}def work(xs, a, n):\n{lines}\n")
    return next(case for case, site in zip(found.cases, found.sites, strict=True) if site.function == found.work.id)


@pytest.mark.parametrize(
    ("loop", "tie"),
    [
        ("for folder, folders, files in os.walk(a): emptied(folders, folder)", DependenceKind.CARRIED),
        ("for found in os.walk(a): emptied(found[1], found[0])", DependenceKind.CARRIED),
        ("for folder, folders, files in os.walk(a): emptied(files, folder)", DependenceKind.NONE),
        ("for folder, folders, files in os.walk(a, topdown=False): emptied(folders, folder)", DependenceKind.NONE),
        (
            "for folder, folders, files in os.walk(a):\n"
            "    folders[:] = [each for each in folders if each != n]\n"
            "    shutil.copytree(folder, 'copy of ' + folder)",
            DependenceKind.REDUCTION,  # which folders to go into can be worked out before anything is copied
        ),
    ],
)
def test_the_walk_goes_into_the_folders_that_a_round_leaves(loop: str, tie: DependenceKind) -> None:
    assert first(loop).dependence.kind is tie


@pytest.mark.parametrize(("call", "kind"), [("map(title, feed(a))", "tiny"), ("map(feed, xs)", "network")])
def test_what_a_map_walks_is_worked_out_once(call: str, kind: str) -> None:
    assert first(f"return list({call})").work_kind == kind
