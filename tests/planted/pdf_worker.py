# kind: context-not-in-worker
# fault: none
# why: The application itself is handed to the thread, which pushes its context.
# seen: 3.11, flask 3.1: written
import threading

from flask import Flask, current_app

written = []


def write_pdf(app, number):
    with app.app_context():
        folder = current_app.config["PDF_FOLDER"]
        written.append(f"{folder}/{number}.pdf")


def create_app():
    app = Flask(__name__)
    app.config["PDF_FOLDER"] = "/srv/pdf"

    @app.post("/pdf/<int:number>")
    def pdf(number):
        worker = threading.Thread(target=write_pdf, args=(current_app._get_current_object(), number))
        worker.start()
        worker.join(timeout=5)
        return {"written": number}

    return app


if __name__ == "__main__":
    print(create_app().test_client().post("/pdf/3").get_json(), written)
