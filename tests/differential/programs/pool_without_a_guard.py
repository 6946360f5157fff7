"""A pool of threads is opened while the module is imported, which a process that starts afresh does again."""
# refuse threading: nothing-to-change
# refuse asyncio: nothing-to-change

from concurrent.futures import ThreadPoolExecutor


def mixed(number):
    value = number
    for step in range(20000):
        value = (value * 31 + step * number) % 1000003
    return value


with ThreadPoolExecutor(max_workers=4) as pool:
    futures = [pool.submit(mixed, number) for number in (2, 9, 1, 6)]  # here
out = [future.result() for future in futures]
print(out)
