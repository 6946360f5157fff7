import asyncio

AT_ONCE = 50  # what the other side puts up with
connected = 0


async def answer(reader, writer):
    global connected
    connected += 1
    name = await reader.readline()
    await asyncio.sleep(0.01)
    writer.write(b"too many\n" if connected > AT_ONCE else name)
    connected -= 1
    await writer.drain()
    writer.close()


async def ask(port, name):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"%d\n" % name)
    answered = await reader.readline()
    writer.close()
    return answered


async def ask_all(port, names):
    semaphore = asyncio.Semaphore(AT_ONCE // 2)

    async def ask_in_turn(name):
        async with semaphore:
            return await ask(port, name)

    return await asyncio.gather(*[ask_in_turn(name) for name in names])


async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1000)
    port = server.sockets[0].getsockname()[1]
    answers = await ask_all(port, range(300))
    refused = answers.count(b"too many\n")
    print(f"answers: {len(answers)}, refused: {refused}")


asyncio.run(main())
