"""The same command is run for each text, and the program counts its runs in a file."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence
# ask: Are the iterations really independent

import subprocess

COUNT = 'read text; n=$(cat count 2>/dev/null || echo 0); sleep 0.01; n=$((n + 1)); echo $n > count; echo "$n $text"'


def numbered(text):
    done = subprocess.run(["sh", "-c", COUNT], input=text, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def main():
    print([numbered(text) for text in ("one", "two", "three")])  # here


if __name__ == "__main__":
    main()
