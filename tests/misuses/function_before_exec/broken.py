# fault: fork-after-threads
# shows: hangs
# mended: ['0', '1', '2']
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

printing = threading.Lock()


def tell(text):
    with printing:
        time.sleep(0.4)
        print(text, file=sys.stderr)


def set_up():
    tell("child")


class Encoder:
    def encode(self, track):
        time.sleep(track / 5)
        tell(f"track {track}")
        time.sleep(0.1)
        command = [sys.executable, "-c", f"print({track})"]
        done = subprocess.run(command, capture_output=True, text=True, preexec_fn=set_up)  # here
        return done.stdout.strip()

    def encode_all(self, tracks):
        with ThreadPoolExecutor(3) as pool:
            return list(pool.map(self.encode, tracks))


print(Encoder().encode_all([0, 1, 2]))
