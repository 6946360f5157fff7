# kind: blocking-async-endpoint
# fault: none
# why: The blocking work stands in a plain def endpoint, or goes through run_in_threadpool.
# seen: 3.11, requests.get replaced by a call that takes 0.5 s: the loop never stands still for over 0.06 s
import sqlite3
from contextlib import closing

import requests
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

app = FastAPI()
DATABASE = "invoices.db"


def totals(customer):
    with closing(sqlite3.connect(DATABASE)) as db:
        return db.execute("select count(*), sum(cents) from invoice where customer = ?", (customer,)).fetchone()


@app.get("/customers/{customer}/totals")
async def customer_totals(customer: int):
    count, cents = await run_in_threadpool(totals, customer)
    return {"count": count, "cents": cents or 0}


@app.get("/customers/{customer}/credit")
def customer_credit(customer: int):
    answer = requests.get(f"https://credit.example/{customer}", timeout=5)
    answer.raise_for_status()
    return answer.json()
