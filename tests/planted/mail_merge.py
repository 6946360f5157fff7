# kind: late-bound-loop-variable
# fault: 25 | 27
# why: Every lambda reads the same `row`; by the time the pool calls them it is the last one.
# seen: 3.11: all three letters go to cy with cy's text
import time
from multiprocessing.pool import ThreadPool
from string import Template

LETTER = Template("Dear $name, your balance is $balance.")


class Outbox:
    def __init__(self, delay=0.01):
        self.delay = delay

    def deliver(self, address, text):
        time.sleep(self.delay)
        return f"{address}: {text}"


def merge(outbox, rows):
    jobs = []
    for row in rows:
        text = LETTER.substitute(row)
        jobs.append(lambda: outbox.deliver(row["mail"], text))
    with ThreadPool(4) as pool:
        return pool.map(lambda job: job(), jobs)


if __name__ == "__main__":
    people = [{"name": n, "mail": f"{n}@example.org", "balance": i} for i, n in enumerate(("ann", "bob", "cy"))]
    print("\n".join(merge(Outbox(), people)))
