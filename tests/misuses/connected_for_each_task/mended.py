import smtplib
import socketserver
import threading
from concurrent.futures import ThreadPoolExecutor

connections = []


class Mail(socketserver.StreamRequestHandler):
    def handle(self):
        connections.append(self.client_address)
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            self.wfile.write(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 yes\r\n")


server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail)
server.daemon_threads = True
PORT = server.server_address[1]


here = threading.local()


def connect():
    here.post = smtplib.SMTP("127.0.0.1", PORT, timeout=10)


def ask(number):
    return here.post.verify(f"reader{number}")


def main():
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with ThreadPoolExecutor(2, initializer=connect) as pool:
        answers = list(pool.map(ask, range(20)))
    print(len(answers), "answers over", "2 connections at most" if len(connections) <= 2 else len(connections))


main()
