# kind: daemon-thread-writes
# fault: 14 | 21 | 32
# why: The saver thread is a daemon and nobody joins it, so the program can end in the middle of the file.
# seen: 3.11: epoch-2.json is cut off (JSONDecodeError)
import json
import os
import tempfile
import threading


class Saver(threading.Thread):
    def __init__(self, state, path):
        threading.Thread.__init__(self, name="saver")
        self.daemon = True
        self.state = state
        self.path = path

    def run(self):
        with open(self.path, "w") as out:
            for chunk in json.JSONEncoder().iterencode(self.state):
                out.write(chunk)


class Trainer:
    def __init__(self, folder):
        self.folder = folder
        self.weights = [0.0] * 300_000

    def epoch(self, number):
        self.weights = [w + 0.5 / (number + 1) for w in self.weights]
        path = os.path.join(self.folder, f"epoch-{number}.json")
        Saver({"epoch": number, "weights": list(self.weights)}, path).start()
        return path


if __name__ == "__main__":
    trainer = Trainer(tempfile.mkdtemp())
    for number in range(3):
        path = trainer.epoch(number)
    print("last checkpoint", path)
