# kind: runtime-global-in-spawned-worker
# fault: none
# why: The global is set in every worker by the initializer, which gets its value through initargs.
# seen: 3.11 and 3.13: every worker has the suffixes
import argparse
from multiprocessing import get_context

SUFFIXES = None


def setup(suffixes):
    global SUFFIXES
    SUFFIXES = tuple(sorted(suffixes, key=len, reverse=True))


def stem(word):
    for suffix in SUFFIXES:
        if word.endswith(suffix) and len(word) > len(suffix) + 2:
            return word[: -len(suffix)]
    return word


def stem_text(text):
    return [stem(word) for word in text.split()]


def stem_all(texts, suffixes):
    context = get_context("spawn")
    with context.Pool(2, initializer=setup, initargs=(suffixes,)) as pool:
        return pool.map(stem_text, texts, chunksize=2)


if __name__ == "__main__":
    cli = argparse.ArgumentParser()
    cli.add_argument("--suffix", action="append", default=["ing", "ed", "s", "ers"])
    args = cli.parse_args()
    out = stem_all(["walking talked singers " * 100_000] * 4, args.suffix)
    print(out[0][:3])
