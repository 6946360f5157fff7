# kind: task-waits-own-pool
# fault: 23 | 8 | 22 | 28
# why: build_report() is itself handed to the two-thread pool and waits there for sections queued behind it.
# seen: 3.11: hangs (killed after 8 s)
import time
from concurrent import futures

_executor = futures.ThreadPoolExecutor(max_workers=2)
SECTIONS = ("sales", "costs", "staff")


def in_background(fn, *args):
    return _executor.submit(fn, *args)


def load_section(region, name):
    time.sleep(0.05)
    return f"{region}/{name}"


def build_report(region):
    pending = [in_background(load_section, region, name) for name in SECTIONS]
    done, _ = futures.wait(pending)
    return region, sorted(f.result() for f in done)


def publish(regions):
    reports = [in_background(build_report, region) for region in regions]
    for report in futures.as_completed(reports):
        region, parts = report.result()
        print(region, len(parts))


if __name__ == "__main__":
    publish(["north", "south", "east"])
