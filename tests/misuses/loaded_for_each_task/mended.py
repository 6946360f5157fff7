import os
import pickle
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor

MODEL = os.path.join(tempfile.gettempdir(), f"model-{os.getpid()}.pkl")
LOADED = []
OWN = threading.local()


class Model:
    def __setstate__(self, state):
        LOADED.append(1)
        self.__dict__.update(state)


def load():
    with open(MODEL, "rb") as file:
        OWN.model = pickle.load(file)


def score(number):
    return number * OWN.model.factor


def main():
    model = Model()
    model.factor = 3
    with open(MODEL, "wb") as file:
        pickle.dump(model, file)
    try:
        with ThreadPoolExecutor(2, initializer=load) as pool:
            list(pool.map(score, range(20)))
    finally:
        os.remove(MODEL)
    print("loaded once for each worker" if len(LOADED) <= 2 else f"loaded {len(LOADED)} times")


main()
