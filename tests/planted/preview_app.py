# kind: blocking-async-endpoint
# fault: 32 | 23
# why: Subprocess and file work is done in the async endpoint through a plain method, so the loop stands still meanwhile.
# seen: 3.11: the loop stands still for 0.6 s
import subprocess
import sys
import tempfile
from pathlib import Path

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route


class Previewer:
    def __init__(self, *command):
        self.command = list(command)

    def render(self, source):
        with tempfile.TemporaryDirectory() as folder:
            document = Path(folder, "document.txt")
            document.write_bytes(source)
            done = subprocess.run([*self.command, str(document)], capture_output=True, text=True, timeout=30)
        return done.stdout


previewer = Previewer(sys.executable, "-c", "import sys, time; time.sleep(0.5); print(open(sys.argv[1]).read()[:20])")


async def preview(request):
    body = await request.body()
    text = previewer.render(body)
    return PlainTextResponse(text)


async def health(request):
    return JSONResponse({"ok": True})


app = Starlette(routes=[Route("/preview", preview, methods=["POST"]), Route("/health", health)])
