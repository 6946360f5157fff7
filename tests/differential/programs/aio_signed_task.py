"""Work that signs with the name of the task it runs in."""
# refuse threading: event-loop
# refuse multiprocessing: event-loop
# refuse asyncio: thread-state

import asyncio


async def signed(text):
    await asyncio.sleep(0.002)
    task = asyncio.current_task()
    return f"{text} ({task.get_name()})"


async def main():
    asyncio.current_task().set_name("clerk")
    letters = []
    for text in ("order", "bill", "receipt"):  # here
        letters.append(await signed(text))
    print(letters)


if __name__ == "__main__":
    asyncio.run(main())
