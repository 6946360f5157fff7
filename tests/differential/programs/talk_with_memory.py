"""A conversation: each question is sent with all that was said before."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time


def answered(history):
    time.sleep(0.003)
    return f"answer {len(history)} to {history[-1]}"


def talk(questions):
    history = []
    for question in questions:  # here
        history.append(question)
        history.append(answered(history))
    return history


if __name__ == "__main__":
    print(talk(["who", "when", "why"]))
