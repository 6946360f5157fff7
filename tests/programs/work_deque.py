"""Drains a deque of jobs with a while loop."""
# overlap: 3

import os
from collections import deque
from urllib.request import urlopen

API = os.environ["API"]


def handle(job):
    with urlopen(f"{API}/page/{job}", timeout=5) as answer:
        return answer.read().decode().split()[-1]


def drain(jobs):
    done = []
    while jobs:  # here
        job = jobs.popleft()
        done.append(f"{job}: {handle(job)}")
    return done


def main():
    jobs = deque(f"job{number}" for number in range(9))
    print("\n".join(drain(jobs)))
    print(len(jobs), "left")


if __name__ == "__main__":
    main()
