import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import django
from django.conf import settings
from django.db import connections
from django.db.backends.sqlite3.base import DatabaseWrapper

settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.db"}})
django.setup()
together = threading.Barrier(4)


def count(table):
    together.wait(10)
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = %s", [table])
            return cursor.fetchone()[0]
    finally:
        connections.close_all()


def main():
    gc.disable()  # what collects garbage now and then is not what closes connections
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, ["a", "b", "c", "d"]))
    wrappers = [each for each in gc.get_objects() if isinstance(each, DatabaseWrapper)]
    print("open:", sum(each.connection is not None for each in wrappers))


main()
