"""The same command is run in a folder of its own for each text."""

import os
import subprocess

COUNT = 'read text; n=$(cat count 2>/dev/null || echo 0); sleep 0.01; n=$((n + 1)); echo $n > count; echo "$n $text"'


def numbered(text):
    done = subprocess.run(["sh", "-c", COUNT], cwd=text, input=text, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def main():
    for text in ("one", "two", "three"):
        os.makedirs(text, exist_ok=True)
    out = []
    for text in ("one", "two", "three"):  # here
        try:
            out.append(numbered(text))
        except Exception:
            out.append("")
    print(out)


if __name__ == "__main__":
    main()
