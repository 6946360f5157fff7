"""A method sets what the work of the round reads from the object."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time


class Kitchen:
    def take(self, dish):
        self.dish = dish

    def cook(self):
        time.sleep(0.005)
        return f"hot {self.dish}"

    def serve(self, dishes):
        plates = []
        for dish in dishes:  # here
            self.take(dish)
            plates.append(self.cook())
        return plates


if __name__ == "__main__":
    print(Kitchen().serve(["soup", "stew", "pie"]))
