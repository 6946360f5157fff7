"""Searches mirrors for a release and stops at the first that has it; an else-clause tells when none has."""
# overlap: 3
# early: yes

import os

import requests

API = os.environ["API"]


def has_release(mirror, version):
    answer = requests.get(f"{API}/item/{mirror}", timeout=5)
    return answer.ok and answer.json()["size"] == version


def locate(mirrors, version):
    tried = []
    for mirror in mirrors:  # here
        tried.append(mirror)
        if has_release(mirror, version):
            print("found on", mirror)
            break
    else:
        print("found nowhere")
    return tried


if __name__ == "__main__":
    print(locate(list(range(10)), 5))
    print(locate(list(range(8)), 99))
