# kind: shared-client
# fault: 32 | 28 | 42
# why: One AsyncSession is used by several tasks at the same time; it allows one operation at a time.
# seen: 3.11, sqlalchemy 2 with aiosqlite: InvalidRequestError, concurrent operations are not permitted
import asyncio
import tempfile

from sqlalchemy import NullPool, String, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Member(Base):
    __tablename__ = "members"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))


class Cards:
    def __init__(self, session: AsyncSession):
        self.session = session

    async def card(self, key):
        member = (await self.session.scalars(select(Member).where(Member.id == key))).one()
        return f"[{member.name}]"

    async def first_three(self):
        return await asyncio.gather(self.card(1), self.card(2), self.card(3))


async def main(url):
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    sessions = async_sessionmaker(engine)
    async with sessions.begin() as session:
        session.add_all([Member(name=name) for name in ("ann", "bob", "cy")])
    async with sessions() as session:
        print(await Cards(session).first_three())
    await engine.dispose()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(main(f"sqlite+aiosqlite:///{folder}/members.db"))
