# kind: django-connection-leak
# fault: 36 | 26
# why: The thread started for every new account queries the database and ends without closing its connection.
# seen: not run (needs a Django project)
import logging
import threading

from django.contrib.auth import get_user_model
from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.models import Invitation, Profile

logger = logging.getLogger(__name__)


class Welcome:
    def __init__(self, user_id):
        self.user_id = user_id

    def accept_invitations(self, user):
        return Invitation.objects.filter(email=user.email).update(accepted_by=user)

    def __call__(self):
        try:
            user = get_user_model().objects.get(pk=self.user_id)
            Profile.objects.get_or_create(user=user)
            logger.info("%s invitations for %s", self.accept_invitations(user), user)
        except Exception:
            logger.exception("welcome of user %s failed", self.user_id)


@receiver(post_save, sender=get_user_model())
def welcome(sender, instance, created, **kwargs):
    if created:
        threading.Thread(target=Welcome(instance.pk), name="welcome").start()
