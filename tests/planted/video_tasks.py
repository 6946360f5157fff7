# kind: process-in-worker
# fault: 21 | 29
# why: Celery's prefork workers are daemonic processes, which may not have children; Pool() raises an AssertionError.
# seen: 3.11, celery 5 with a filesystem broker, prefork: AssertionError: daemonic processes are not allowed to have children
import multiprocessing
from pathlib import Path

from celery import Celery, shared_task

app = Celery("video", broker="memory://")


def frame_hash(path):
    value = 0
    for byte in Path(path).read_bytes():
        value = (value * 131 + byte) % (1 << 61)
    return value


def hash_frames(paths, processes=4):
    with multiprocessing.Pool(processes) as pool:
        return pool.map(frame_hash, paths, chunksize=16)


@shared_task(bind=True, acks_late=True, max_retries=2)
def find_duplicates(self, folder):
    frames = sorted(str(path) for path in Path(folder).glob("*.png"))
    seen, twins = {}, []
    for path, value in zip(frames, hash_frames(frames)):
        if value in seen:
            twins.append((seen[value], path))
        seen.setdefault(value, path)
    return twins
