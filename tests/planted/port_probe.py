# kind: late-bound-loop-variable
# fault: 27 | 25
# why: `attempt` reads `host` and `port` when it runs, by when the loop has moved on; most futures probe the last service.
# seen: 3.11: svc2 to svc5 all report port 9705
import socket
import time
from concurrent.futures import ThreadPoolExecutor


def probe(host, port, timeout=0.5):
    time.sleep(0.05)
    try:
        with socket.create_connection((host, port), timeout=timeout):
            return f"{host}:{port} open"
    except OSError:
        return f"{host}:{port} closed"


def check_services(services, workers=2):
    pending = {}
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for name, (host, port) in services.items():

            def attempt():
                return probe(host, port)

            pending[name] = pool.submit(attempt)
    return {name: future.result() for name, future in pending.items()}


if __name__ == "__main__":
    report = check_services({f"svc{n}": ("127.0.0.1", 9700 + n) for n in range(6)})
    for name, state in report.items():
        print(name, state)
