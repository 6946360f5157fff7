"""Code that is written out for another interpreter: where it may need what it, or another one, left behind, the runs stay in
order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generating import generated, refusal

PROGRAM = '''
import subprocess
import sys

CODE = """
{code}
"""


def subject(names):
    shared, told = "all.txt", []
    for name in names:  # here
        done = subprocess.run([sys.executable, "-I", "-c", CODE, {words}], capture_output=True, text=True)
        told.append(done.stdout)
    return told
'''
ALONE = {
    "that computes": "import math\nprint(math.sqrt(2))",
    "that waits and tells": "import sys, time as t\nt.sleep(0.1)\nsys.stdout.write(sys.argv[1].upper())",
    "with a function of its own": "def twice(x):\n    return 2 * x\nprint(twice(4))",
    "that calls methods of texts": "import sys\nprint(sys.argv[1].strip().upper().split())",
    "that writes the file it is given": "import sys\nopen(sys.argv[1], 'w').write('x')",
}
ACTS = {
    "that writes one file": "open('all.txt', 'a').write('x')",
    "that keeps a count": "import json\nstate = json.load(open('state.json'))",
    "that writes a file given to all": "import sys\nopen(sys.argv[2], 'a').write('x')",
    "that runs what nobody knows": "import strange\nstrange.run()",
    "that writes through a path": "from pathlib import Path\nPath('all.txt').write_text('x')",
    "that imports by name": "__import__('os').system('make')",
    "that runs a program": "import os\nos.system('make')",
    "that is no Python": "print 1",
}


@pytest.mark.parametrize("code", ALONE.values(), ids=ALONE)
def test_code_that_keeps_to_itself_runs_side_by_side(code: str, tmp_path: Path) -> None:
    text = PROGRAM.format(code=code, words="name, shared")
    assert "ThreadPoolExecutor" in generated(tmp_path, text, "threading", accept=["later-effects"])


@pytest.mark.parametrize("code", ACTS.values(), ids=ACTS)
def test_code_that_may_act_on_anything_runs_in_turn(code: str, tmp_path: Path) -> None:
    text = PROGRAM.format(code=code, words="name, shared")
    assert "(unknown-program)" in refusal(tmp_path, text, "threading", accept=["later-effects"])


def test_the_command_may_be_put_together_by_a_function(tmp_path: Path) -> None:
    made = "def command(name, shared):\n    return [sys.executable, '-I', '-c', CODE, name, shared]\n\n\ndef subject("
    for code, refused in ((ACTS["that writes one file"], True), (ALONE["that computes"], False)):
        text = PROGRAM.format(code=code, words="name, shared").replace("def subject(", made)
        text = text.replace('[sys.executable, "-I", "-c", CODE, name, shared]', "command(name, shared)")
        if refused:
            assert "(unknown-program)" in refusal(tmp_path, text, "threading", accept=["later-effects"])
        else:
            assert "ThreadPoolExecutor" in generated(tmp_path, text, "threading", accept=["later-effects"])


LINES = """
import subprocess

STEPS = {"log": 'echo "$1" >> journal.txt; wc -l < journal.txt', "peek": "tail -n 1 journal.txt"}


def sh(script, *given):
    return subprocess.run(["sh", "-c", script, "sh", *given], capture_output=True, text=True).stdout


def subject(names):
    told = []
    for name in names:  # here
        told.append(sh(CALL))
    return told
"""


@pytest.mark.parametrize(("given", "refused"), [("STEPS[name], name", True), ("f'sleep 0.1; echo {name}'", False)])
def test_a_line_for_a_shell_that_is_not_written_out_may_act_on_anything(
    given: str, refused: bool, tmp_path: Path
) -> None:
    text = LINES.replace("CALL", given)
    if refused:
        assert "(unknown-program)" in refusal(tmp_path, text, "threading", accept=["later-effects"])
    else:
        assert "ThreadPoolExecutor" in generated(tmp_path, text, "threading", accept=["later-effects"])
