# kind: context-not-in-worker
# fault: 35 | 12 | 26 | 33
# why: `db` is a scoped_session: in each pool thread it is another session, which does not see what the caller has flushed but not committed.
# seen: 3.11, sqlalchemy 2: {1: None, 2: None, 3: None}
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, scoped_session, sessionmaker

db = scoped_session(sessionmaker())


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    cents: Mapped[int]


def with_tax(key):
    order = db.get(Order, key)
    return key, round(order.cents * 1.19) if order else None


def place(amounts):
    orders = [Order(cents=cents) for cents in amounts]
    db.add_all(orders)
    db.flush()
    with ThreadPoolExecutor(max_workers=3) as pool:
        totals = dict(pool.map(with_tax, [order.id for order in orders]))
    db.commit()
    return totals


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine("sqlite:///" + os.path.join(folder, "orders.db"))
        Base.metadata.create_all(engine)
        db.configure(bind=engine)
        print(place([1000, 2500, 399]))
        db.remove()
        engine.dispose()
