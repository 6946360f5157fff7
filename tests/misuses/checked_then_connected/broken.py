# fault: checked-then-changed-without-a-lock
# shows: prints logins: 8
# mended: logins: 1
# The service that is asked runs in this program, and counts how often somebody logs in.
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from time import sleep

LOGINS = count()


class Service(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/login":
            sleep(0.5)
            next(LOGINS)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"token")

    def log_message(self, *args):
        pass


class Client:
    def __init__(self, address):
        self.address = address
        self.token = None

    def login(self):
        return urllib.request.urlopen(f"{self.address}/login", timeout=10).read()

    def load(self, number):
        if self.token is None:
            self.token = self.login()
        return urllib.request.urlopen(f"{self.address}/{number}", timeout=10).read()

    def load_all(self, numbers):
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(self.load, numbers))  # here


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Client(f"http://127.0.0.1:{server.server_port}").load_all(range(8))
    print(f"logins: {next(LOGINS)}")


main()
