"""Slices of a list, a while loop that counts, and a conditional expression in the call."""
# overlap: 3
# posts: any order
# accept: later-effects

import json
import os
import urllib.request

API = os.environ["API"]
SIZE = 3


def send(batch, final):
    body = json.dumps({"batch": batch, "final": final}).encode()
    request = urllib.request.Request(f"{API}/batches", data=body)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return answer.status


def send_all(rows):
    codes = []
    start = 0
    while start < len(rows):  # here
        codes.append(send(rows[start : start + SIZE], start + SIZE >= len(rows)))
        start += SIZE
    return codes


if __name__ == "__main__":
    print(send_all(list(range(17))))
