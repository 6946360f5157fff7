# kind: worker-may-end-in-silence
# fault: 19 | 16
# why: A missing file ends the reading process before it puts the last None, for which merge() waits.
# seen: 3.11: hangs
from multiprocessing import Process, Queue


class Tail(Process):
    def __init__(self, paths, lines):
        super().__init__(daemon=True)
        self.paths = paths
        self.lines = lines

    def run(self):
        for path in self.paths:
            with open(path) as file:
                for line in file:
                    self.lines.put(line)
        self.lines.put(None)


def merge(groups):
    lines = Queue()
    tails = [Tail(paths, lines) for paths in groups]
    for tail in tails:
        tail.start()
    running, found = len(tails), []
    while running:
        line = lines.get()
        if line is None:
            running -= 1
        else:
            found.append(line)
    return found


if __name__ == "__main__":
    print(len(merge([["/nowhere"], ["/etc/hosts"]])))
