"""A Python that has imported already what programs use, and becomes each program that it is asked to run.

Reads the folder of an `app.py` from its input, a line each, forks, and tells on its output the number of the child and,
once that has ended, its exit code. The child is a fresh main module with its own process group, standard output and
standard error in files, and ends as any interpreter ends: what it does at exit and the threads it waits for included.
"""

import importlib
import os
import sys
import types

_AT_HAND = """asyncio bisect collections concurrent.futures.thread contextlib contextvars csv dataclasses decimal functools
heapq io itertools json logging pathlib queue random sqlite3 subprocess threading traceback urllib.request uuid warnings
weakref"""

OUT, ERR = "stdout.txt", "stderr.txt"  # beside the folder of the program
_SWITCH = 0.0005  # seconds: threads take turns often, as they may


def serve() -> str:
    """The folder of the program that this process is to be, in each child; never returns in the parent."""
    for line in sys.stdin:
        folder = line.rstrip("\n")
        child = os.fork()
        if child == 0:
            return folder
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    os._exit(0)


def become(folder: str) -> None:
    """Runs `app.py` of the folder as the main module, in that folder."""
    os.setpgid(0, 0)
    os.chdir(folder)
    for name, number in ((OUT, 1), (ERR, 2)):
        handle = os.open(os.path.join("..", name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(handle, number)
        os.close(handle)
    handle = os.open(os.devnull, os.O_RDONLY)
    os.dup2(handle, 0)
    os.close(handle)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - these stay open
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False, errors="backslashreplace", buffering=1)  # noqa: SIM115
    sys.setswitchinterval(_SWITCH)
    sys.argv[:] = ["app.py"]
    sys.path[0] = folder
    main = types.ModuleType("__main__")
    main.__dict__.update(__file__=os.path.join(folder, "app.py"), __builtins__=__builtins__)
    sys.modules["__main__"] = main
    with open("app.py", encoding="utf-8") as file:
        code = compile(file.read(), main.__file__ or "", "exec")
    exec(code, main.__dict__)


if __name__ == "__main__":
    for module in _AT_HAND.split():
        importlib.import_module(module)
    become(serve())
