"""Setting a property counts on the class, through the type of the object."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time


class Order:
    issued = 0

    def __init__(self, item):
        self.item, self.number, self._price = item, None, None

    @property
    def price(self):
        return self._price

    @price.setter
    def price(self, value):
        type(self).issued += 1
        self.number = type(self).issued
        self._price = value


def quoted(order, pause):
    time.sleep(pause)
    order.price = len(order.item)
    return order


def main():
    orders = [Order("bolt"), Order("washer"), Order("nut")]
    done = []
    for order, pause in zip(orders, (0.03, 0.015, 0.001)):  # here
        done.append(quoted(order, pause))
    print([(order.item, order.price, order.number) for order in done])


if __name__ == "__main__":
    main()
