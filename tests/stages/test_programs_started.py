"""Other programs that are started: what they work on, whether they wait or compute, and where what they print goes."""

from __future__ import annotations

import pytest

from advisor.model.site import DependenceKind
from advisor.model.state import Access, Ambient
from advisor.questions.interference import changes_outside
from tests.linking import Linked, linked


def started(call: str) -> Linked:
    """A program that makes this call for each of many hosts, in a function of its own."""
    return linked(f"""
    import os, subprocess, sys

    def run(command, **options):
        return subprocess.run(command, **options)

    def work(hosts):
        for host in hosts:
            {call}
    """)


def prints(program: Linked) -> bool:
    return any(use.what is Ambient.OUTPUT for use in program.iteration().ambient)


@pytest.mark.parametrize(
    "call",
    [
        'subprocess.run(["echo", host])',
        'subprocess.run(["echo", host], check=True, capture_output=False)',
        'subprocess.check_call(("/bin/cat", host), stdout=None)',
        'os.system(f"cat {host}")',
        'run(["ls", "-l", host])',
        'subprocess.run(["sh", "-c", f"sleep 0.1; echo {host}"])',
        "subprocess.run(\"bash -ec 'cd /tmp && ls'\", shell=True)",
        'run(["/bin/sh", "-c", "cat " + host])',
        'os.system("echo %s 2> /dev/null" % host)',
    ],
)
def test_what_a_program_prints_that_is_there_to_print_keeps_its_order(call: str) -> None:
    assert prints(started(call))
    assert started(call).cases[0].dependence.kind is DependenceKind.ORDERED


@pytest.mark.parametrize(
    "call",
    [
        'subprocess.run(["echo", host], capture_output=True)',
        'subprocess.run(["cat", host], stdout=subprocess.PIPE)',
        'subprocess.check_output(["cat", host])',
        'os.system(f"cat {host} > {host}.txt")',
        'os.system(f"cat {host} | mail -s {host} root")',
        'subprocess.run(["ffmpeg", "-i", host, host + ".mp3"])',
        'subprocess.run(["sleep", host])',
        'subprocess.run(["sh", "-c", f"echo {host} > {host}.txt"])',
        'subprocess.run(["sh", "-c", "echo 1"], capture_output=True)',
        'run(["bash", "-c", "echo " + host + " | mail root"])',
        'subprocess.run(["sh", "script.sh", "echo"])',
        'subprocess.run(["ffmpeg", "-c", "echo"])',
    ],
)
def test_other_programs_do_not(call: str) -> None:
    assert not prints(started(call))


@pytest.mark.parametrize(
    ("call", "access"),
    [
        ('subprocess.run(["sleep", "1"])', Access.READ),
        ('subprocess.check_output(["sha256sum", "all.bin"])', Access.READ),
        ('subprocess.run("sleep 1; reboot", shell=True)', None),
        ('subprocess.run(["curl", host])', None),
        ('subprocess.run(["stylua", "all"])', None),
        ('subprocess.run(["make", "all"])', Access.EXCLUSIVE),
        ('subprocess.run(["psql", "-f", host])', Access.EXCLUSIVE),
        ('subprocess.run(["alembic", "history"])', None),
        ('subprocess.run(["alembic", "upgrade", host])', Access.EXCLUSIVE),
    ],
)
def test_what_only_looks_changes_nothing(call: str, access: Access | None) -> None:
    assert [deed.access for deed in started(call).iteration().deeds] == [access]


FILES = [
    ('os.system(f"wc {host} >> sizes.txt")', "append sizes.txt"),
    ('subprocess.run(f"sort < hosts.txt > {host}.txt", shell=True)', "read hosts.txt, write {item} .txt"),
    ('subprocess.run(["sh", "-c", "wc " + host + " &> log.txt"])', "write log.txt"),
    ('run("date > {}/log.txt".format(host), shell=True)', "write {item} /log.txt"),
    ('run("cd out && date > log.txt; date > log.txt", shell=True)', "write out/log.txt"),
    ('subprocess.run("date > log.txt", shell=True, cwd=host)', "write {item} /log.txt"),
    ('subprocess.run(["sh", "-c", "date > $OUT"])', ""),
    ('os.system("ls 2>&1 > /dev/null")', ""),
    ("os.system(f\"grep 'a > b' {host}\")", ""),
]


@pytest.mark.parametrize(("call", "files"), FILES)
def test_what_a_shell_redirects_acts_on_files(call: str, files: str) -> None:
    deeds = (deed for deed in started(call).iteration().deeds if deed.space == "file")
    told = (f"{deed.access} {'{item} ' if deed.key.places else ''}{deed.key.text}" for deed in deeds if deed.key)
    assert ", ".join(dict.fromkeys(told)) == files


@pytest.mark.parametrize(
    ("call", "tied"),
    [
        ('os.system(f"wc {host} >> sizes.txt")', True),
        ('os.system(f"wc {host} >> {host}.txt")', False),
        ('os.system(f"tool {host} < hosts.txt")', False),
        ('run(["cp", f"stage{host}", f"stage{host + 1}"])', True),
        ('os.system(f"tool stage{host} stage{host - 1}.bak")', False),
        ('os.system("tool stage%d stage%d" % (host, host - 1))', True),
        ('run(["cp", f"stage{host}", f"copy{host + 1}"])', False),
        ('run(["cp", "template", f"copy{host}"])', False),
        ('run(["cp", f"stage{host}", "latest"])', True),
        ('run(["mv", "current", f"old{host}"])', True),
        ('run(["mv", f"new{host}", f"old{host}"])', False),
        ('run(["touch", "-c", "stamp"])', True),
        ('run(["tool", "--from", str(host), "--to", str(host + 1)])', False),
    ],
)
def test_one_file_for_several_runs_ties_them(call: str, tied: bool) -> None:
    ties = started(call).cases[0].dependence.details
    assert any("may print" not in tie.because for tie in ties) is tied


@pytest.mark.parametrize(
    ("call", "waits"),
    [
        ('subprocess.run(["git", "clone", host])', True),
        ('subprocess.run(f"git -C {host} fetch --all", shell=True)', True),
        ('subprocess.run(["git", "-C", host, "gc"])', False),
        ('subprocess.run(["ssh", host, "uptime"], capture_output=True)', True),
        ('subprocess.check_output(f"/usr/bin/curl {host}", shell=True)', True),
        ('os.system("ping -c 1 " + host)', True),
        ('subprocess.run(["ffmpeg", "-i", host, host + ".mp3"])', False),
        ("subprocess.run(host)", False),
    ],
)
def test_the_time_of_some_goes_into_waiting(call: str, waits: bool) -> None:
    work = started(call).cases[0].work
    assert (work.waiting.expected > work.child.expected) is waits
    assert max(work.waiting.expected, work.child.expected) > 0.01


@pytest.mark.parametrize(
    ("command", "lasts"),
    [
        ('["docker", "push", host]', True),
        ('["docker", "pull", host]', False),
        ('["ssh", host, "rm -rf /tmp/x"]', True),
        ('["ssh", host, "uptime"]', False),
        ('f"kubectl --context {host} apply -f all.yml"', True),
        ('["git", "-C", host, "push"]', True),
        ('["git", "-C", host, "fetch"]', False),
    ],
)
def test_what_a_program_changes_elsewhere_lasts(command: str, lasts: bool) -> None:
    shell = ", shell=True" if command.startswith("f") else ""
    program = started(f"subprocess.run({command}, check=True, capture_output=True{shell})")
    assert (changes_outside(program.iteration()) is not None) is lasts
