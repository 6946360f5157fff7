# kind: context-not-in-worker
# fault: 34 | 17 | 24
# why: `tenant` is set in the caller's context; threads of the pool do not get that context and find the variable unset.
# seen: 3.11: LookupError
import contextvars
import time
from concurrent.futures import ThreadPoolExecutor

tenant = contextvars.ContextVar("tenant")


class use_tenant:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.token = tenant.set(self.name)

    def __exit__(self, *exc_info):
        tenant.reset(self.token)


def bucket():
    return f"s3://{tenant.get()}-exports"


def export(table):
    time.sleep(0.01)
    return f"{bucket()}/{table}.csv"


def export_all(name, tables):
    with use_tenant(name), ThreadPoolExecutor(max_workers=3) as pool:
        return list(pool.map(export, tables))


if __name__ == "__main__":
    print(export_all("acme", ["orders", "people"]))
