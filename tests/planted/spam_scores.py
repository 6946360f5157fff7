# kind: load-per-task
# fault: 15 | 14 | 24
# why: score() reads and unpickles the whole weight table for every mail instead of once per worker.
# seen: 3.11: 5.4 s for 40 mails on a busy box, nearly all of it unpickling
import pickle
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path


def score(model, mail):
    with open(model, "rb") as handle:
        weights = pickle.load(handle)
    total = 0.0
    for word in mail.split():
        total += weights.get(word, 0.0)
    return total


def score_all(model, mails):
    with ProcessPoolExecutor(max_workers=2) as pool:
        return list(pool.map(partial(score, model), mails, chunksize=8))


def main():
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder, "weights.pkl")
        model.write_bytes(pickle.dumps({f"w{n}": n / 1e6 for n in range(100_000)}))
        mails = [" ".join(f"w{n * k}" for k in range(200)) for n in range(40)]
        start = time.perf_counter()
        scores = score_all(str(model), mails)
        print(len(scores), f"{time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main()
