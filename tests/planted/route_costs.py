# kind: runtime-global-in-spawned-worker
# fault: none
# why: The workers come from an explicit fork context and the global is set before the pool starts, so they inherit it.
# seen: 3.11: (8, 32), no error
import argparse
import heapq
import multiprocessing

GRAPH = None


def make_graph(size):
    return {n: [((n * 7 + k) % size, 1 + (n * k) % 9) for k in range(1, 6)] for n in range(size)}


def costs(start):
    best, heap = {start: 0}, [(0, start)]
    while heap:
        cost, node = heapq.heappop(heap)
        if cost > best[node]:
            continue
        for other, weight in GRAPH[node]:
            if cost + weight < best.get(other, 1 << 30):
                best[other] = cost + weight
                heapq.heappush(heap, (cost + weight, other))
    return start, max(best.values())


def farthest(starts):
    with multiprocessing.get_context("fork").Pool(2) as pool:
        return max(pool.imap_unordered(costs, starts), key=lambda pair: pair[1])


if __name__ == "__main__":
    cli = argparse.ArgumentParser()
    cli.add_argument("--size", type=int, default=20_000)
    GRAPH = make_graph(cli.parse_args().size)
    print(farthest(range(0, 16)))
