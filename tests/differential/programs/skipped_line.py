"""A loop over a file whose body takes the next line itself, now and then."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time


def parsed(line):
    time.sleep(0.003)
    return line.split("=")


def settings(path):
    found = {}
    with open(path, encoding="utf-8") as file:
        for line in file:  # here
            name, value = parsed(line.strip())
            if value == "":
                value = next(file).strip()
            found[name] = value
    return found


if __name__ == "__main__":
    with open("settings.txt", "w", encoding="utf-8") as file:
        file.write("host=here\nmotto=\nwelcome\nport=80\nend=\nlast\n")
    print(settings("settings.txt"))
