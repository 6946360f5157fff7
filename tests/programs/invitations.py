"""Sends a mail to each guest over a connection of its own, and tells who was refused."""
# overlap: 3

import os
import smtplib
from email.message import EmailMessage

PORT = int(os.environ["SMTP_PORT"])


def invite(address):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "host@example.org", address, "Party"
    message.set_content(f"Dear {address}, come!")
    with smtplib.SMTP("127.0.0.1", PORT, timeout=5) as server:
        server.send_message(message)


def main():
    sent, refused = 0, []
    for address in [f"guest{number}@example.org" for number in range(7)] + ["nobody@example.org"]:  # here
        try:
            invite(address)
        except smtplib.SMTPRecipientsRefused as error:
            refused.append(sorted(error.recipients))
        else:
            sent += 1
    print(sent, refused)


if __name__ == "__main__":
    main()
