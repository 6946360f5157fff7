import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine


async def one(sessions: async_sessionmaker[AsyncSession], number: int) -> int:
    async with sessions() as session:
        result = await session.execute(text("SELECT :number"), {"number": number})
    return result.scalar_one()


async def main() -> None:
    engine = create_async_engine("sqlite+aiosqlite:///rows.db")
    sessions = async_sessionmaker(engine)
    print(await asyncio.gather(*(one(sessions, number) for number in (1, 2, 3))))
    await engine.dispose()


asyncio.run(main())
