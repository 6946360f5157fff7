# kind: context-not-in-worker
# fault: none
# why: asyncio.to_thread() runs the function in a copy of the caller's context.
# seen: 3.11 and 3.13: each in its language
import asyncio
import contextvars
import time

language = contextvars.ContextVar("language", default="en")
WORDS = {"en": "invoice", "de": "Rechnung", "fr": "facture"}


def export(number):
    time.sleep(0.01)
    return f"{WORDS[language.get()]}-{number}.pdf"


async def handle(code, number):
    language.set(code)
    return await asyncio.to_thread(export, number)


async def main():
    print(await asyncio.gather(handle("de", 1), handle("fr", 2), handle("en", 3)))


if __name__ == "__main__":
    asyncio.run(main())
