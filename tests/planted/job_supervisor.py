# kind: fork-with-threads
# fault: 41 | 32 | 36 | 39
# why: The heartbeat thread runs on when the job is forked; if it holds the stats lock at that moment, the child waits for it for ever.
# seen: 3.11 and 3.13: hangs (killed after 8 s); 3.13 warns of fork in a multi-threaded process
import multiprocessing
import threading
import time


class Stats:
    def __init__(self):
        self.lock = threading.Lock()
        self.beats = 0

    def bump(self):
        with self.lock:
            self.beats += 1
            time.sleep(0.05)


class Supervisor:
    def __init__(self):
        self.stats = Stats()
        self.stopped = threading.Event()
        self.heart = threading.Thread(target=self._beat, daemon=True)

    def _beat(self):
        while not self.stopped.is_set():
            self.stats.bump()

    def _job(self, name):
        self.stats.bump()
        print(f"{name} done", flush=True)

    def run(self, names):
        self.heart.start()
        time.sleep(0.02)
        context = multiprocessing.get_context("fork")
        jobs = [context.Process(target=self._job, args=(name,)) for name in names]
        for job in jobs:
            job.start()
        for job in jobs:
            job.join()
        self.stopped.set()


if __name__ == "__main__":
    Supervisor().run(["index", "vacuum"])
