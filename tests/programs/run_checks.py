"""Runs a command for each file and keeps exit codes and output in order."""
# faster: 1.3

import subprocess
import sys


class CheckFailed(Exception):
    pass


def check(name):
    script = f"sleep 0.2; echo checked {name}; exit $(( {len(name)} % 3 ))"
    return subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)


def main():
    failed = []
    for name in ("a", "bb", "ccc", "dddd", "eeeee", "ffffff", "g"):  # here
        ran = check(name)
        sys.stdout.write(ran.stdout)
        if ran.returncode:
            failed.append((name, ran.returncode))
    if failed:
        raise CheckFailed(failed)


if __name__ == "__main__":
    main()
