# kind: timeout-missing-in-worker
# fault: none
# why: The timeout is given by partial(urlopen, timeout=...).
# seen: 3.11 and 3.13: gives None after 0.5 s
import functools
import socket
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

opener = functools.partial(urllib.request.urlopen, timeout=0.5)


def icon_size(site):
    try:
        with opener(f"{site}/favicon.ico") as answer:
            return site, len(answer.read())
    except (urllib.error.URLError, TimeoutError):
        return site, None


def icon_sizes(sites):
    with ThreadPoolExecutor(max_workers=4) as pool:
        return dict(pool.map(icon_size, sites))


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as mute:
        print(icon_sizes([f"http://127.0.0.1:{mute.getsockname()[1]}"]))
