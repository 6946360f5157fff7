# kind: asyncio-run-in-loop
# fault: 19 | 28
# why: page() is a coroutine and reaches asyncio.run() through the plain helper load(); a loop already runs.
# seen: 3.11: RuntimeError: asyncio.run() cannot be called from a running event loop
import asyncio


async def fetch_profile(user):
    await asyncio.sleep(0.01)
    return {"name": user.title(), "friends": 3}


class Profiles:
    def __init__(self):
        self.cache = {}

    def load(self, user):
        if user not in self.cache:
            self.cache[user] = asyncio.run(fetch_profile(user))
        return self.cache[user]


class Pages:
    def __init__(self, profiles):
        self.profiles = profiles

    async def page(self, user):
        profile = self.profiles.load(user)
        return f"<h1>{profile['name']}</h1> {profile['friends']} friends"


async def serve(users):
    pages = Pages(Profiles())
    for user in users:
        print(await pages.page(user))


if __name__ == "__main__":
    asyncio.run(serve(["ann", "bob"]))
