# kind: context-not-in-worker
# fault: 28 | 16
# why: The thread has no Flask application context; current_app.config raises there.
# seen: 3.11, flask 3.1: RuntimeError, working outside of application context; outbox []
import threading
import time

from flask import Flask, Blueprint, current_app, jsonify

billing = Blueprint("billing", __name__)
outbox = []


def send_invoice(number):
    time.sleep(0.01)
    sender = current_app.config["MAIL_SENDER"]
    outbox.append((sender, f"Invoice {number}"))


def in_thread(function, *args):
    worker = threading.Thread(target=function, args=args)
    worker.start()
    return worker


@billing.post("/invoices/<int:number>/send")
def send(number):
    current_app.config["workers"].append(in_thread(send_invoice, number))
    return jsonify(queued=number), 202


def create_app():
    app = Flask(__name__)
    app.config.update(MAIL_SENDER="billing@example.org", workers=[])
    app.register_blueprint(billing)
    return app


if __name__ == "__main__":
    app = create_app()
    print(app.test_client().post("/invoices/7/send").status_code)
    for worker in app.config["workers"]:
        worker.join()
    print("outbox", outbox)
