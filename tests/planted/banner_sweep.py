# kind: unbounded-gather
# fault: 23 | 12
# why: One connection per host is opened at once for a list of any length.
# seen: 3.11, 747 loopback hosts, ulimit -n 200: 554 times "Too many open files"
import asyncio
import sys


async def banner(host, port):
    writer = None
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection(host, port), 5)
        line = await asyncio.wait_for(reader.readline(), 5)
        return host, line.decode(errors="replace").strip()
    except OSError as error:
        return host, error.strerror or type(error).__name__
    finally:
        if writer:
            writer.close()


async def sweep(hosts, port=22):
    return dict(await asyncio.gather(*(banner(host, port) for host in hosts)))


def read_hosts(path):
    with open(path) as lines:
        return [line.strip() for line in lines if line.strip()]


if __name__ == "__main__":
    for host, text in asyncio.run(sweep(read_hosts(sys.argv[1]))).items():
        print(host, text)
