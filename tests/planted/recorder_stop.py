# kind: blocking-wait-in-coroutine
# fault: 36
# why: Thread.join() in stop() holds the loop until the recorder has ended, and the recorder waits for that very loop.
# seen: 3.11: "frame not taken for 2 s", stop took 2.0 s
import asyncio
import threading
import time


class Recorder:
    def __init__(self, loop):
        self.loop = loop
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._record, daemon=True)
        self.frames = 0

    def start(self):
        self.thread.start()
        return self

    async def accept(self, frame):
        self.frames += 1
        return frame

    def _record(self):
        while not self.stopping.is_set():
            time.sleep(0.01)
            future = asyncio.run_coroutine_threadsafe(self.accept(b"frame"), self.loop)
            try:
                future.result(timeout=2)
            except TimeoutError:
                print("frame not taken for 2 s")

    async def stop(self):
        self.stopping.set()
        self.thread.join()


async def main():
    recorder = Recorder(asyncio.get_running_loop()).start()
    await asyncio.sleep(0.1)
    before = time.perf_counter()
    await recorder.stop()
    print(recorder.frames > 0, f"stop took {time.perf_counter() - before:.1f} s")


if __name__ == "__main__":
    asyncio.run(main())
