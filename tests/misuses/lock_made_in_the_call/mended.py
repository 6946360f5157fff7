import threading
import time
from concurrent.futures import ThreadPoolExecutor

balance = 0
lock = threading.Lock()


def pay_in(amount):
    global balance
    with lock:
        now = balance
        time.sleep(0.3)
        balance = now + amount


def main():
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(pay_in, [1] * 8))
    print(f"balance: {balance}")


main()
