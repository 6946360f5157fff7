# kind: django-connection-leak
# fault: 28 | 15
# why: Each pool thread opens a connection of its own at its first query and never closes it.
# seen: not run (needs a Django project)
from concurrent.futures import ThreadPoolExecutor

from django.core.management.base import BaseCommand
from django.db.models import Sum

from league.models import Player, Score


def refresh(player_id):
    points = Score.objects.filter(player_id=player_id).aggregate(total=Sum("points"))["total"] or 0
    Player.objects.filter(pk=player_id).update(points=points)
    return points


class Command(BaseCommand):
    help = "Recompute the points of every player"

    def add_arguments(self, parser):
        parser.add_argument("--workers", type=int, default=8)

    def handle(self, *args, workers, **options):
        ids = list(Player.objects.values_list("pk", flat=True))
        with ThreadPoolExecutor(max_workers=workers) as pool:
            totals = list(pool.map(refresh, ids))
        self.stdout.write(f"{len(totals)} players, {sum(totals)} points")
