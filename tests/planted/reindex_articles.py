# kind: django-connection-leak
# fault: none
# why: The worker closes its thread's connection in a finally.
# seen: not run (needs a Django project)
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.core.management.base import BaseCommand
from django.db import connection

from news.models import Article
from news.search import index


@contextmanager
def own_connection():
    try:
        yield
    finally:
        connection.close()


def reindex(pk):
    with own_connection():
        article = Article.objects.select_related("author").get(pk=pk)
        index.put(pk, article.title, article.body, article.author.name)
        Article.objects.filter(pk=pk).update(indexed=True)


class Command(BaseCommand):
    help = "Send unindexed articles to the search server"

    def handle(self, *args, **options):
        keys = list(Article.objects.filter(indexed=False).values_list("pk", flat=True))
        with ThreadPoolExecutor(max_workers=4) as pool:
            done = sum(1 for _ in pool.map(reindex, keys))
        self.stdout.write(f"{done} articles")
