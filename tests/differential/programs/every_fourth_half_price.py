"""A descriptor, which all products share, counts how often a price is asked for."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence
# ask: Are the iterations really independent

import time


class Promotion:
    asked = 0

    def __set_name__(self, owner, name):
        self.slot = f"_{name}"

    def __get__(self, product, owner=None):
        self.asked += 1
        price = product.__dict__[self.slot]
        return price // 2 if self.asked % 4 == 0 else price

    def __set__(self, product, price):
        product.__dict__[self.slot] = price


class Product:
    price = Promotion()

    def __init__(self, price):
        self.price = price


def sold(product):
    time.sleep(0.01)
    return product.price


def main():
    products = [Product(price) for price in (100, 200, 300, 400, 500, 600, 700, 800)]
    print([sold(product) for product in products])  # here


if __name__ == "__main__":
    main()
