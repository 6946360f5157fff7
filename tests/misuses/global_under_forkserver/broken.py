# fault: global-not-set-in-a-worker
# shows: prints ['hello you', 'hello me']
# mended: ['good day you', 'good day me']
from multiprocessing import get_context

greeting = "hello"


def greeted(name):
    return f"{greeting} {name}"


def main():
    global greeting
    greeting = "good day"
    context = get_context("forkserver")
    with context.Pool(2) as pool:
        print(pool.map(greeted, ["you", "me"]))  # here


if __name__ == "__main__":
    main()
