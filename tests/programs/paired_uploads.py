"""Uploads documents in pairs of title and text; what the server answered is kept by title."""
# overlap: 3
# posts: any order
# accept: later-effects

import json
import os
import urllib.request

API = os.environ["API"]


def upload(title, text, *, kind="note"):
    body = json.dumps({"title": title, "text": text, "kind": kind}).encode()
    request = urllib.request.Request(f"{API}/documents", data=body, method="POST")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


def publish(titles, texts):
    receipts = {}
    for title, text in zip(titles, texts):  # here
        receipt = upload(title, text, kind="memo")
        receipts[title] = receipt["bytes"]
    return receipts


if __name__ == "__main__":
    titles = [f"title {number}" for number in range(9)]
    texts = ["lorem " * (number + 1) for number in range(9)]
    for title, size in publish(titles, texts).items():
        print(title, size)
