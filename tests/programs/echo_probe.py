"""Asks a line-based TCP service, a connection each."""
# accept: later-effects
# overlap: 3

import os
import socket

PORT = int(os.environ["ECHO_PORT"])


def ask(word):
    with socket.create_connection(("127.0.0.1", PORT), timeout=5) as connection:
        connection.sendall(f"{word}\n".encode())
        with connection.makefile(encoding="utf-8") as lines:
            return lines.readline().strip()


def main():
    answers = {}
    for word in "alpha beta gamma delta epsilon zeta eta theta".split():  # here
        answer = ask(word)
        if answer.startswith("ERR"):
            print("refused:", word)
            continue
        answers[word] = answer
    print(answers)


if __name__ == "__main__":
    main()
