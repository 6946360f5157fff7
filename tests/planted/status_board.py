# kind: timeout-missing-in-worker
# fault: 19 | 26
# why: requests.get() has no timeout; a server that never answers holds the pool's threads for ever.
# seen: 3.11: hangs (killed after 8 s) on a loopback server that does not answer
import socket
import sys
from concurrent.futures import ThreadPoolExecutor

import requests


class StatusBoard:
    def __init__(self, workers=4):
        self.workers = workers
        self.session_headers = {"User-Agent": "status-board/1.2"}

    def check(self, url):
        try:
            answer = requests.get(url, headers=self.session_headers, allow_redirects=False)
        except requests.ConnectionError:
            return url, None
        return url, answer.status_code

    def check_all(self, urls):
        with ThreadPoolExecutor(self.workers) as pool:
            return dict(pool.map(self.check, urls))


if __name__ == "__main__":
    if sys.argv[1:]:
        print(StatusBoard().check_all(sys.argv[1:]))
    else:
        with socket.create_server(("127.0.0.1", 0)) as mute:
            port = mute.getsockname()[1]
            print(StatusBoard().check_all([f"http://127.0.0.1:{port}/{n}" for n in range(3)]))
