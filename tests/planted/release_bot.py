# kind: blocking-two-calls-away
# fault: 30 | 14 | 20
# why: announce() reaches requests.get() through newest() and api(), so the bot's loop stops for each call.
# seen: 3.11, requests.get replaced by a call that takes 0.5 s: the loop stands still for 0.51 s
import asyncio
import os

import requests

API = os.environ.get("FORGE_API", "https://forge.example/api/v1")


def api(path, **params):
    response = requests.get(f"{API}/{path}", params=params, timeout=20)
    response.raise_for_status()
    return response.json()


def newest(project):
    releases = api(f"projects/{project}/releases", limit=1)
    return releases[0]["tag"] if releases else None


class Bot:
    def __init__(self, send):
        self.send = send
        self.known = {}

    async def announce(self, project):
        tag = newest(project)
        if tag and self.known.get(project) != tag:
            self.known[project] = tag
            await self.send(f"{project} {tag} is out")

    async def run(self, projects, every=300):
        while True:
            for project in projects:
                await self.announce(project)
            await asyncio.sleep(every)
