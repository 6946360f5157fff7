# kind: queue-worker-dies
# fault: 22 | 17 | 23 | 32
# why: A line that float() refuses ends the thread before task_done(); once all have gone, join() waits for ever.
# seen: 3.11: two ValueError tracebacks, then hangs (killed after 8 s)
import queue
import threading


class Importer(threading.Thread):
    def __init__(self, lines, readings):
        super().__init__(daemon=True)
        self.lines = lines
        self.readings = readings

    def parse(self, line):
        sensor, value = line.split("=")
        return sensor, float(value)

    def run(self):
        while True:
            line = self.lines.get()
            self.readings.append(self.parse(line))
            self.lines.task_done()


def import_readings(source, workers=2):
    lines, readings = queue.Queue(), []
    for _ in range(workers):
        Importer(lines, readings).start()
    for line in source:
        lines.put(line)
    lines.join()
    return readings


if __name__ == "__main__":
    rows = [f"t{n}={n / 7:.2f}" for n in range(50)]
    rows[10] = "t10=n/a"
    rows[20] = "t20=offline"
    print(len(import_readings(rows)), "readings")
