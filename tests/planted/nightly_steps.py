# kind: exception-lost
# fault: 15 | 29 | 31
# why: An exception in a step ends only its thread; join() does not raise it and the run is called a success.
# seen: 3.11: traceback on stderr, then "backup complete", exit code 0
import sys
import threading


class Step(threading.Thread):
    def __init__(self, name, action):
        super().__init__(name=name)
        self.action = action

    def run(self):
        self.action()


def rotate():
    return 3


def dump():
    raise OSError(28, "No space left on device")


def nightly(actions):
    steps = [Step(name, action) for name, action in actions.items()]
    for step in steps:
        step.start()
    for step in steps:
        step.join()
    print("backup complete")
    return 0


if __name__ == "__main__":
    sys.exit(nightly({"rotate": rotate, "dump": dump}))
