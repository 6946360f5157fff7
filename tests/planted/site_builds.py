# kind: process-wide-setting-in-threads
# fault: none
# why: chdir() and umask() are called in worker processes, each of which has its own.
# seen: 3.11 and 3.13: 60 pages
import os
import re
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

HEADING = re.compile(r"^# (.*)$", re.M)


def build(folder):
    os.chdir(folder)
    os.umask(0o027)
    pages = 0
    for source in sorted(Path(".").glob("*.md")):
        html = source.read_text()
        for _ in range(50):
            html = HEADING.sub(r"<h1>\1</h1>", html)
        source.with_suffix(".html").write_text(html)
        pages += 1
    return folder, pages


def build_all(folders):
    with ProcessPoolExecutor(max_workers=2) as builders:
        return dict(builders.map(build, folders))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        sites = [os.path.join(home, name) for name in ("docs", "blog", "shop")]
        for site in sites:
            os.mkdir(site)
            for n in range(20):
                Path(site, f"p{n}.md").write_text("# Title\ntext\n" * 500)
        print(sum(build_all(sites).values()))
