# kind: unpicklable-target
# fault: 23 | 14 | 25
# why: The target is an inner function; the default start method of 3.14 pickles it, which fails.
# python: 3.14
# seen: 3.13 with forkserver set as default: AttributeError: Can't get local object; under fork (3.11) it works
import math
import multiprocessing


def spectrum(samples, bands, workers=2):
    share = bands // workers
    board = multiprocessing.Array("d", bands)

    def analyse(first, last):
        for band in range(first, last):
            re = im = 0.0
            for n, value in enumerate(samples):
                angle = 2 * math.pi * band * n / len(samples)
                re += value * math.cos(angle)
                im -= value * math.sin(angle)
            board[band] = math.hypot(re, im)

    jobs = [multiprocessing.Process(target=analyse, args=(n * share, (n + 1) * share)) for n in range(workers)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    return list(board)


if __name__ == "__main__":
    tone = [math.sin(n / 5) for n in range(2000)]
    powers = spectrum(tone, 100)
    print(max(range(100), key=powers.__getitem__))
