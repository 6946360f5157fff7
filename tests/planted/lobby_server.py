# kind: task-reference-dropped
# fault: 32
# why: Nobody keeps the heartbeat's task; the loop holds it weakly and it can be collected while it waits.
# seen: 3.11: the heartbeat is collected: "Task was destroyed but it is pending!"
import asyncio
import gc


class Peer:
    def __init__(self):
        self.waiting = None

    def pong(self):
        self.waiting = asyncio.get_running_loop().create_future()
        return self.waiting


class Lobby:
    def __init__(self):
        self.beats = 0

    async def _heartbeat(self, peer):
        try:
            while True:
                self.beats += 1
                await peer.pong()
        finally:
            print("heartbeat ended")

    async def join(self):
        peer = Peer()
        asyncio.create_task(self._heartbeat(peer))
        await asyncio.sleep(0)
        return "joined"


async def main():
    lobby = Lobby()
    print(await lobby.join())
    gc.collect()
    await asyncio.sleep(0.05)
    print("beats", lobby.beats)
    await asyncio.sleep(0.05)
    print("lobby closes")


if __name__ == "__main__":
    asyncio.run(main())
