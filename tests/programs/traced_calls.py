"""A context variable set by the caller and read in the work."""
# refuse multiprocessing: process-state
# overlap: 3

import contextvars
import os
import urllib.request

API = os.environ["API"]
trace_id = contextvars.ContextVar("trace_id", default="none")


def call(number):
    request = urllib.request.Request(f"{API}/item/{number}", headers={"X-Trace": trace_id.get()})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return f"{trace_id.get()}:{number}:{answer.status}"


def run(name, numbers):
    trace_id.set(name)
    lines = []
    for number in numbers:  # here
        lines.append(call(number))
    return lines


def main():
    print("\n".join(run("trace-7", range(8))))


if __name__ == "__main__":
    main()
