from multiprocessing import get_context

greeting = "hello"


def greeted(name):
    return f"{greeting} {name}"


def set_up(words):
    global greeting
    greeting = words


def main():
    set_up("good day")
    context = get_context("forkserver")
    with context.Pool(2, initializer=set_up, initargs=("good day",)) as pool:
        print(pool.map(greeted, ["you", "me"]))


if __name__ == "__main__":
    main()
