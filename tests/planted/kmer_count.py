# kind: join-before-drain
# fault: 26 | 29
# why: Each child waits for its big result to leave the queue's pipe, while the parent waits for the child before it reads.
# seen: 3.11: hangs (killed after 8 s)
import random
from collections import Counter
from multiprocessing import Process, Queue


def count_kmers(sequence, k, results):
    counts = Counter(sequence[i:i + k] for i in range(len(sequence) - k + 1))
    results.put(dict(counts))


def split(sequence, parts, overlap):
    size = len(sequence) // parts + 1
    return [sequence[i:i + size + overlap] for i in range(0, len(sequence), size)]


def kmers(sequence, k=9, parts=2):
    results = Queue()
    workers = [Process(target=count_kmers, args=(piece, k, results)) for piece in split(sequence, parts, k - 1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    total = Counter()
    for _ in workers:
        total.update(results.get())
    return total


if __name__ == "__main__":
    genome = "".join(random.Random(3).choices("ACGT", k=200_000))
    print(kmers(genome).most_common(2))
