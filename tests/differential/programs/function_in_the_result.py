"""Results that hold a function made on the spot, which no process can send back."""
# refuse multiprocessing: unpicklable-result


def fitted(seed):
    slope = seed
    for step in range(20_000):
        slope = (slope * 13 + step) % 8_191
    return {"seed": seed, "line": lambda x: slope * x}


def main():
    models = []
    for seed in (2, 3, 5, 7):  # here
        models.append(fitted(seed))
    print([model["line"](2) for model in models])


if __name__ == "__main__":
    main()
