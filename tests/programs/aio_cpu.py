"""Computing in a coroutine, round after round, while another task wants the event loop."""
# models: multiprocessing

import asyncio


def digest(text):
    value = 7
    for turn in range(40_000):
        for character in text:
            value = (value * 31 + ord(character) + turn) % 1_000_003
    return value


async def heartbeat(beats):
    while len(beats) < 2:
        beats.append("beat")
        await asyncio.sleep(0.001)


async def digests(names):
    found = {}
    for name in names:  # here
        found[name] = digest(name)
    return found


async def main():
    beats = []
    found, _ = await asyncio.gather(digests(["ab", "cde", "fg", "hij"]), heartbeat(beats))
    for name, value in found.items():
        print(name, value)
    print(beats)


if __name__ == "__main__":
    asyncio.run(main())
