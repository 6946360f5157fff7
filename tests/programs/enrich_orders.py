"""Dataclasses that get their missing attribute from a server, and are then told in order."""
# overlap: 3

import os
from dataclasses import dataclass

import requests

API = os.environ["API"]


@dataclass
class Order:
    number: int
    customer: str
    price: float | None = None

    @property
    def label(self) -> str:
        return f"{self.number}/{self.customer}: {self.price}"


def price_of(order: Order) -> float:
    return requests.get(f"{API}/item/{order.number}", timeout=5).json()["size"] / 4


def enrich(orders: list[Order]) -> float:
    total = 0.0
    for order in orders:  # here
        order.price = price_of(order)
        total += order.price
    return total


def main() -> None:
    orders = [Order(number, "abc"[number % 3]) for number in range(9)]
    print(enrich(orders))
    for order in orders:
        print(order.label)


if __name__ == "__main__":
    main()
