"""A dict comprehension with a condition, worked out from requests."""
# overlap: 3

import os

import httpx

API = os.environ["API"]
SKIPPED = {3, 7}


def size(item: int) -> int:
    return httpx.get(f"{API}/item/{item}", timeout=5).json()["size"]


def table(items: list[int]) -> dict[str, int]:
    return {f"item-{item}": size(item) for item in items if item not in SKIPPED}  # here


if __name__ == "__main__":
    for key, value in table(list(range(12))).items():
        print(f"{key}={value}")
