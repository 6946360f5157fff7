import time
from threading import Lock, Thread


class Account:
    def __init__(self):
        self.balance = 0
        self.guard = Lock()

    def pay_in(self, amount, seconds):
        with self.guard:
            now = self.balance
            time.sleep(seconds)
            self.balance = now + amount


def main():
    account = Account()
    one = Thread(target=account.pay_in, args=(1, 0.2))
    two = Thread(target=account.pay_in, args=(2, 0.4))
    one.start()
    two.start()
    one.join()
    two.join()
    print(f"balance: {account.balance}")


main()
