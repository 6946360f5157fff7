"""Runs a command for each file and keeps exit codes and output in order."""
# overlap: 3

import subprocess
import sys


class CheckFailed(Exception):
    pass


def check(name):
    script = f"exec 3<>/dev/tcp/127.0.0.1/$ECHO_PORT; echo {name} >&3; head -n 1 <&3; exit $(( {len(name)} % 3 ))"
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)


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
