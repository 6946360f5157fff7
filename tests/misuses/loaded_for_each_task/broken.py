# fault: loaded-for-each-task
# shows: prints loaded 20 times
# mended: loaded once for each worker
import os
import pickle
import tempfile
from concurrent.futures import ThreadPoolExecutor

MODEL = os.path.join(tempfile.gettempdir(), f"model-{os.getpid()}.pkl")
LOADED = []


class Model:
    def __setstate__(self, state):
        LOADED.append(1)
        self.__dict__.update(state)


def score(number):
    with open(MODEL, "rb") as file:
        model = pickle.load(file)
    return number * model.factor


def main():
    model = Model()
    model.factor = 3
    with open(MODEL, "wb") as file:
        pickle.dump(model, file)
    try:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(score, range(20)))  # here
    finally:
        os.remove(MODEL)
    print("loaded", len(LOADED), "times" if len(LOADED) > 2 else "or fewer times")


main()
