# kind: queue-worker-dies
# fault: none
# why: task_done() stands in a finally and errors are kept, so a bad row neither ends the thread nor hangs join().
# seen: 3.11 and 3.13: ends with 2 places, 2 failures
import queue
import threading


def locate(row):
    name, lat, lon = row.split(";")
    return name, (float(lat), float(lon))


def worker(todo, places, failures):
    while True:
        row = todo.get()
        try:
            name, spot = locate(row)
            places[name] = spot
        except ValueError as error:
            failures.append((row, error))
        finally:
            todo.task_done()


def locate_all(rows, workers=3):
    todo, places, failures = queue.Queue(), {}, []
    for _ in range(workers):
        threading.Thread(target=worker, args=(todo, places, failures), daemon=True).start()
    for row in rows:
        todo.put(row)
    todo.join()
    return places, failures


if __name__ == "__main__":
    found, bad = locate_all(["rome;41.9;12.5", "nowhere", "oslo;59.9;x", "bonn;50.7;7.1"])
    print(sorted(found), len(bad))
