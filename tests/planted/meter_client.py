# kind: shared-client
# fault: 22 | 19 | 23 | 30
# why: All threads ask and listen on one socket, so a thread reads the answer meant for another.
# seen: 3.11: 2423 of 3000 answers are of another register
import socket
import socketserver
import threading
from concurrent.futures import ThreadPoolExecutor


class MeterServer(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(b"value of " + line)


class MeterClient:
    def __init__(self, address):
        self.sock = socket.create_connection(address, timeout=2)

    def ask(self, register):
        self.sock.sendall(f"{register:04}\n".encode())
        reply = self.sock.recv(14)
        return register, reply.decode().strip()


def read_registers(address, registers):
    client = MeterClient(address)
    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = list(pool.map(client.ask, registers))
    client.sock.close()
    return answers


if __name__ == "__main__":
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), MeterServer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        answers = read_registers(server.server_address, range(3000))
        print(sum(not text.endswith(f"{n:04}") for n, text in answers), "answers of another register")
        server.shutdown()
