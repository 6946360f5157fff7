"""The caller looks at what caused an exception; processes put a cause of their own in its place."""
# refuse multiprocessing: unpicklable-error

RATES = {"EUR": 100, "GBP": 85}


def converted(currency):
    total = sum(step * step % 11 for step in range(20_000))
    try:
        return total % 7 + RATES[currency]
    except KeyError as missing:
        raise ValueError(currency) from missing


def main():
    for currency in ("EUR", "XXX", "GBP"):  # here
        try:
            print(converted(currency))
        except ValueError as error:
            print("failed:", error, "because of", repr(error.__cause__))


if __name__ == "__main__":
    main()
