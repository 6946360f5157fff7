# fault: connection-shared-by-tasks
# shows: fails concurrent operations are not permitted
# mended: [1, 2, 3]
# needs: sqlalchemy aiosqlite greenlet
import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine


async def one(session: AsyncSession, number: int) -> int:
    result = await session.execute(text("SELECT :number"), {"number": number})
    return result.scalar_one()


async def main() -> None:
    engine = create_async_engine("sqlite+aiosqlite:///rows.db")
    sessions = async_sessionmaker(engine)
    async with sessions() as session:
        print(await asyncio.gather(*(one(session, number) for number in (1, 2, 3))))  # here
    await engine.dispose()


asyncio.run(main())
