# fault: update-without-a-lock
# shows: prints balance: 1
# mended: balance: 8
import threading
import time
from concurrent.futures import ThreadPoolExecutor

balance = 0


def pay_in(amount):
    global balance
    lock = threading.Lock()
    with lock:
        now = balance
        time.sleep(0.3)
        balance = now + amount


def main():
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(pay_in, [1] * 8))  # here
    print(f"balance: {balance}")


main()
