# kind: context-not-in-worker
# fault: 26 | 21 | 24
# why: translation.override() holds for the calling thread; the pool's threads write in the default language.
# seen: 3.11, django: ['en: Monday', 'en: Friday'] inside override("de")
from concurrent.futures import ThreadPoolExecutor

import django
from django.conf import settings
from django.utils import translation
from django.utils.dates import WEEKDAYS

settings.configure(USE_I18N=True, LANGUAGE_CODE="en", LANGUAGES=[("en", "English"), ("de", "German")])
django.setup()


class Reminders:
    def __init__(self, days):
        self.days = days

    def text(self, day):
        return f"{translation.get_language()}: {WEEKDAYS[day]}"

    def write(self, language):
        with translation.override(language):
            with ThreadPoolExecutor(max_workers=2) as pool:
                return list(pool.map(self.text, self.days))


if __name__ == "__main__":
    print(Reminders([0, 4]).write("de"))
