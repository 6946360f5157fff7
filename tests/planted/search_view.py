# kind: executor-leaked
# fault: 22 | 37
# why: Every request makes a pool of eight threads and never shuts it down.
# seen: 3.11, flask 3.1: a pool per request; 21 threads after 20 requests (more or fewer with the collector's mood)
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from flask import Flask, jsonify, request

app = Flask(__name__)
SHARDS = ["a", "b", "c", "d"]


def query(shard, text):
    time.sleep(0.01)
    return {"shard": shard, "hits": len(text)}


class FanOut:
    def __init__(self):
        self.executor = ThreadPoolExecutor(max_workers=8)
        self.finished = {}

    def _note(self, future):
        self.finished[future] = time.monotonic()

    def run(self, text):
        pending = [self.executor.submit(query, shard, text) for shard in SHARDS]
        for future in pending:
            future.add_done_callback(self._note)
        return [future.result(timeout=5) for future in pending]


@app.get("/search")
def search():
    return jsonify(FanOut().run(request.args["q"]))


if __name__ == "__main__":
    client = app.test_client()
    for n in range(20):
        client.get("/search", query_string={"q": f"term{n}"})
    print(threading.active_count(), "threads")
