# kind: processes-on-waits
# fault: 29 | 21 | 30
# why: Each process sends one page over a socket and waits; a process per printer is paid for no computing.
# seen: 3.11: 0.7 s and 20 forks to find 20 closed loopback ports
import multiprocessing as mp
import socket
import sys
import time


def wait_for_ready(sock, tries=20):
    for _ in range(tries):
        sock.sendall(b"STATUS\n")
        if sock.recv(64).startswith(b"READY"):
            return True
        time.sleep(0.5)
    return False


def send_page(host, page):
    with socket.create_connection((host, 9100), timeout=10) as sock:
        if wait_for_ready(sock):
            sock.sendall(page)


def print_everywhere(hosts, page):
    children = []
    for host in hosts:
        child = mp.Process(target=send_page, args=(host, page), name=host)
        child.start()
        children.append(child)
    for child in children:
        child.join()
    return [child.name for child in children if child.exitcode]


if __name__ == "__main__":
    start = time.perf_counter()
    failed = print_everywhere(sys.argv[1:] or ["127.0.0.1"] * 20, b"hello\f")
    print(len(failed), "failed", f"{time.perf_counter() - start:.2f} s")
