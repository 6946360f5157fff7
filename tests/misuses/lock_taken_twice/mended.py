import threading


class Connections:
    def __init__(self):
        self._lock = threading.Lock()
        self._most = 1
        self.open = []

    def allow(self, most):
        with self._lock:
            self._most = most
            while len(self.open) < most:
                self._connect()

    def connect(self):
        with self._lock:
            self._connect()

    def _connect(self):
        if len(self.open) < self._most:
            self.open.append(object())


connections = Connections()
connections.allow(2)
print(len(connections.open), "connections")
