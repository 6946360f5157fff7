# kind: process-wide-setting-in-threads
# fault: 19 | 20 | 23 | 32
# why: TZ and tzset() hold for the whole process; threads of other tenants format with this one's zone.
# seen: 3.11: all four offices show the same time
import os
import threading
import time

OFFICES = {"tokyo": "JST-9", "lima": "PET5", "oslo": "CET-1", "delhi": "IST-5:30"}


class Clock(threading.Thread):
    def __init__(self, office, board):
        super().__init__(name=office)
        self.office = office
        self.board = board

    def switch_zone(self):
        os.environ["TZ"] = OFFICES[self.office]
        time.tzset()

    def run(self):
        self.switch_zone()
        time.sleep(0.01)
        self.board[self.office] = time.strftime("%H:%M", time.localtime(1_700_000_000))


def times():
    board = {}
    clocks = [Clock(office, board) for office in OFFICES]
    for clock in clocks:
        clock.start()
    for clock in clocks:
        clock.join()
    return board


if __name__ == "__main__":
    print(times())
