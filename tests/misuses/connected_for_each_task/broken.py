# fault: connected-for-each-task
# shows: prints 20 answers over 20 connections
# mended: 20 answers over 2 connections at most
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


def ask(number):
    with smtplib.SMTP("127.0.0.1", PORT, timeout=10) as post:
        return post.verify(f"reader{number}")


def main():
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(ask, range(20)))  # here
    print(len(answers), "answers over", len(connections), "connections")


main()
