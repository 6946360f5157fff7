# kind: blocking-async-endpoint
# fault: 18 | 17 | 22 | 23
# why: The endpoint is async def and calls requests and sqlite3 without await, so every other request waits for the bank.
# seen: 3.11, requests.get replaced by a call that takes 0.5 s: the loop stands still for 0.58 s
import sqlite3
from contextlib import closing

import requests
from fastapi import APIRouter, FastAPI, HTTPException

router = APIRouter(prefix="/rates")
BANK = "https://bank.example/api/v2"
DATABASE = "rates.db"


@router.get("/{currency}")
async def current_rate(currency: str):
    response = requests.get(f"{BANK}/spot/{currency.upper()}", timeout=10)
    if response.status_code == 404:
        raise HTTPException(404, f"no rate for {currency}")
    rate = response.json()["rate"]
    with closing(sqlite3.connect(DATABASE)) as db, db:
        db.execute("insert into seen (currency, rate) values (?, ?)", (currency, rate))
    return {"currency": currency, "rate": rate}


@router.get("/{currency}/history")
def history(currency: str, limit: int = 50):
    with closing(sqlite3.connect(DATABASE)) as db:
        rows = db.execute("select rate from seen where currency = ? order by rowid desc limit ?", (currency, limit))
        return [rate for (rate,) in rows]


app = FastAPI(title="rates")
app.include_router(router)
