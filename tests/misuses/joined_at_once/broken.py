# fault: one-task-at-a-time
# shows: prints at most 1 at once
# mended: at most 4 at once
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen


class Slow(BaseHTTPRequestHandler):
    guard = threading.Lock()
    open_now = most = 0

    def do_GET(self):
        with Slow.guard:
            Slow.open_now += 1
            Slow.most = max(Slow.most, Slow.open_now)
        time.sleep(0.3)
        with Slow.guard:
            Slow.open_now -= 1
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def fetch(url):
    with urlopen(url, timeout=10) as reply:
        reply.read()


def fetch_all(urls):
    for url in urls:  # here
        thread = threading.Thread(target=fetch, args=(url,))
        thread.start()
        thread.join()


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    fetch_all([f"http://127.0.0.1:{server.server_port}/{name}" for name in "abcd"])
    print(f"at most {Slow.most} at once")


main()
