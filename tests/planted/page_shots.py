# kind: shared-client
# fault: 19 | 14 | 20 | 26 | 29
# why: Playwright's sync objects belong to the thread that made them; the pool's threads all use one page.
# seen: not run (needs playwright and a browser)
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from playwright.sync_api import sync_playwright


class Shooter:
    def __init__(self, browser, folder):
        self.page = browser.new_page(viewport={"width": 1280, "height": 800})
        self.folder = Path(folder)

    def shoot(self, url):
        name = url.rstrip("/").rsplit("/", 1)[-1] + ".png"
        self.page.goto(url, timeout=15_000)
        self.page.screenshot(path=self.folder / name, full_page=True)
        return name


def shoot_all(urls, folder):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch()
        shooter = Shooter(browser, folder)
        with ThreadPoolExecutor(max_workers=4) as pool:
            jobs = {pool.submit(shooter.shoot, url): url for url in urls}
            for job in as_completed(jobs):
                print(jobs[job], "->", job.result())
        browser.close()


if __name__ == "__main__":
    shoot_all(sys.argv[2:], sys.argv[1])
