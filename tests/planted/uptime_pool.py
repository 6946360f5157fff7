# kind: processes-on-waits
# fault: 27 | 14 | 26
# why: The workers only wait for HTTP answers; sixteen processes are started for what threads do.
# seen: 3.11: runs; waste only (16 processes)
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import requests


def head(timeout, url):
    try:
        answer = requests.head(url, timeout=timeout, allow_redirects=True)
    except requests.RequestException as error:
        return url, type(error).__name__
    return url, answer.status_code


class Uptime:
    def __init__(self, timeout=5, workers=16):
        self.timeout = timeout
        self.workers = workers

    def check(self, urls):
        with ProcessPoolExecutor(max_workers=self.workers) as pool:
            return dict(pool.map(partial(head, self.timeout), urls))


if __name__ == "__main__":
    urls = sys.argv[1:] or [f"http://127.0.0.1:{port}/" for port in (9, 10, 11)]
    for url, state in Uptime().check(urls).items():
        print(state, url)
