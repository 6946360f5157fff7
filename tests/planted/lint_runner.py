# kind: timeout-missing-in-worker
# fault: 17 | 23
# why: A tool that waits for input or hangs keeps its thread, and the whole run, for ever: no timeout on communicate().
# seen: 3.11: hangs (killed after 8 s)
import os
import subprocess
import sys
from multiprocessing.dummy import Pool as Threads


class Tool:
    def __init__(self, *command):
        self.command = command

    def __call__(self, path):
        process = subprocess.Popen([*self.command, path], stdout=subprocess.PIPE, text=True)
        output, _ = process.communicate()
        return path, process.returncode, output


def lint(tool, paths, jobs=os.cpu_count()):
    with Threads(jobs) as threads:
        return threads.map(tool, paths)


if __name__ == "__main__":
    code = "import sys, time; time.sleep(3600 if sys.argv[1] == 'bad.py' else 0); print('ok')"
    for path, status, output in lint(Tool(sys.executable, "-c", code), ["a.py", "bad.py", "c.py"]):
        print(path, status, output.strip())
