# kind: unbounded-gather
# fault: 30 | 15
# why: A task, and with it a child process, is started for every file given, without a bound.
# seen: 3.11: "60 files, most at once: 60"
import asyncio
import sys
import time

alive = peak = 0


async def duration(path):
    global alive, peak
    command = [sys.executable, "-S", "-c", "import sys; print(len(sys.argv[1]))", path]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    alive += 1
    peak = max(peak, alive)
    output, _ = await process.communicate()
    alive -= 1
    return path, int(output)


class Library:
    def __init__(self):
        self.lengths = {}

    async def add(self, paths):
        running = []
        for path in paths:
            running.append(asyncio.create_task(duration(path)))
        for task in running:
            path, length = await task
            self.lengths[path] = length


def main():
    library = Library()
    start = time.perf_counter()
    asyncio.run(library.add([f"clip{n}.mp4" for n in range(60)]))
    print(len(library.lengths), "files, most at once:", peak, f"{time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
