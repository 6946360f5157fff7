# kind: join-before-drain
# fault: 29 | 31 | 32
# why: finish() joins the reader process before the records it has put are taken out, so both wait for ever.
# seen: 3.11: hangs (killed after 8 s)
import multiprocessing


def read_records(lines, outbox):
    for number, line in enumerate(lines):
        level, _, text = line.partition(" ")
        outbox.put({"n": number, "level": level, "text": text})


class LogReader:
    def __init__(self, lines):
        context = multiprocessing.get_context("spawn")
        self._outbox = context.Queue()
        self._proc = context.Process(target=read_records, args=(lines, self._outbox))

    def __enter__(self):
        self._proc.start()
        return self

    def __exit__(self, *exc_info):
        if self._proc.is_alive():
            self._proc.terminate()

    def finish(self):
        self._proc.join()
        records = []
        while not self._outbox.empty():
            records.append(self._outbox.get())
        return records


def main():
    lines = [f"INFO request {n} served in {n % 90} ms" for n in range(20_000)]
    with LogReader(lines) as reader:
        records = reader.finish()
    print(len(records), "records")


if __name__ == "__main__":
    main()
