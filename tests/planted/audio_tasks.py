# kind: process-in-worker
# fault: none
# why: The task starts programs through subprocess.run() from threads, which a daemonic worker may do.
# seen: imported only (needs ffmpeg)
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from celery import Celery

app = Celery("audio", broker="memory://", backend="cache+memory://")


def to_opus(path):
    target = path.with_suffix(".opus")
    command = ["ffmpeg", "-y", "-loglevel", "error", "-i", str(path), str(target)]
    subprocess.run(command, check=True, timeout=600, stdin=subprocess.DEVNULL)
    return target.name


@app.task(soft_time_limit=3600)
def convert_album(folder, jobs=2):
    tracks = sorted(Path(folder).glob("*.wav"))
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        return list(pool.map(to_opus, tracks))
