# kind: fork-with-threads
# fault: 25 | 30
# why: preexec_fn runs Python between fork and exec while the other pool threads run; the child can dead-lock there.
# seen: ran under python 3.11.7 and ended well; the dead-lock is a matter of luck (the subprocess documentation warns of it)
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor


def be_nice():
    os.setsid()
    os.nice(5)


class Encoder:
    def __init__(self, jobs=3):
        self.jobs = jobs

    def command(self, track):
        return [sys.executable, "-c", f"print(len({track!r}))"]

    def encode(self, track):
        options = {"capture_output": True, "text": True, "timeout": 60}
        done = subprocess.run(self.command(track), preexec_fn=be_nice, **options)
        return done.stdout.strip()

    def encode_all(self, tracks):
        with ThreadPoolExecutor(self.jobs) as pool:
            return dict(zip(tracks, pool.map(self.encode, tracks)))


if __name__ == "__main__":
    print(Encoder().encode_all(["intro", "verse", "refrain", "coda"]))
