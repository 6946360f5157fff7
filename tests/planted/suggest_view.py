# kind: executor-leaked
# fault: none
# why: One pool for the life of the program, shut down at exit; the requests share it.
# seen: 3.11, flask 3.1: never more than 9 threads
import atexit
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from flask import Flask, jsonify, request

app = Flask(__name__)
executor = ThreadPoolExecutor(max_workers=8, thread_name_prefix="suggest")
atexit.register(executor.shutdown, wait=True, cancel_futures=True)
SOURCES = ("titles", "authors", "tags")


def lookup(source, prefix):
    time.sleep(0.01)
    return [f"{source}:{prefix}{n}" for n in range(3)]


@app.get("/suggest")
def suggest():
    prefix = request.args.get("prefix", "")
    pending = [executor.submit(lookup, source, prefix) for source in SOURCES]
    return jsonify([entry for future in pending for entry in future.result(timeout=5)])


if __name__ == "__main__":
    client = app.test_client()
    for n in range(20):
        client.get("/suggest", query_string={"prefix": f"p{n}"})
    print(threading.active_count() <= 9)
