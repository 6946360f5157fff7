"""Clients that have a twin for coroutines, and what the catalog does not say of the two: arguments, attributes, `with`."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from advisor.model.catalog import Catalog
from advisor.model.effect import Effect
from advisor.model.refactor import Needed
from advisor.stages.generate.conversion import keywords
from advisor.stages.generate.names import dotted, free
from advisor.stages.generate.source import Source


@dataclass(frozen=True, slots=True)
class Dialect:
    """`makes` gives an object of class `made`; `twin` is the text that makes its counterpart, awaited unless it is entered
    where `connects`, and always where `connects_first`. `arguments` mean the same in both, some `renamed`; `more` are added.
    `positional` are the names that the twin wants for arguments without one, empty where it wants none.

    `commits`: `with` ends a transaction and leaves the client open. `closes_only`: the twin's `async with` does no more
    than close. `attributes` read the same, by class, and `settable` ones are set the same. `as_they_are`: by class, the
    methods that only note something down, and `walked` those whose result can only be walked. `shared`: tasks may use one
    at the same time. `raises` is the package whose own failures the twin does not raise.
    """

    makes: str
    made: str
    twin: str
    closing: str
    needs: frozenset[Needed]
    arguments: frozenset[str]
    positional: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    more: tuple[str, ...] = ()
    helpers: frozenset[str] = frozenset()
    connects: bool = False
    connects_first: bool = False
    commits: bool = False
    closes_only: bool = True
    attributes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    settable: frozenset[str] = frozenset()
    as_they_are: Mapping[str, frozenset[str]] = field(default_factory=dict)
    walked: frozenset[str] = frozenset()
    shared: bool = False
    raises: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a client's class as its twin has it: its name there, whether it is awaited, the class of what it gives."""

    name: str
    awaited: bool
    gives: str | None


def method(catalog: Catalog, dialect: Dialect, cls: str, name: str) -> Method | None:
    """The counterpart of a method, as the catalog tells; None where there is none that does the same."""
    found = catalog.call(f"{cls}.{name}")
    if name in dialect.as_they_are.get(cls, frozenset()):
        return Method(name, False, found[1].returns if found else None)
    if found is None or found[0].endswith("*") or found[1].async_ is None:
        return None
    other = found[1].async_
    twin = catalog.call(other)
    same = other.rpartition(".")[2]
    if twin is None or (same != name and same != f"a{name}"):
        return None
    return Method(same, twin[1].effect is Effect.ASYNC, found[1].returns)


def maker(dialect: Dialect, source: Source, call: ast.Call) -> str | None:
    """The text that makes the twin from the same arguments; None where some would mean something else."""
    given = keywords(call)
    if given is None or len(call.args) > len(dialect.positional) or not given.keys() <= dialect.arguments:
        return None
    names = [*dialect.positional[: len(call.args)], *(dialect.renamed.get(name, name) for name in given)]
    values = [source.segment(each) for each in (*call.args, *given.values())]
    if len(set(names)) != len(names) or any("\n" in value for value in values):
        return None
    arguments = [f"{name}={value}" if name else value for name, value in zip(names, values, strict=True)]
    return f"{dialect.twin}({', '.join([*arguments, *dialect.more])})"


def allowed(dialect: Dialect, source: Source, cls: str, name: str, call: ast.Call) -> bool:
    """Do the arguments of a method mean the same to the twin?"""
    if keywords(call) is None or f"{cls}.{name}" in _NEVER or any(isinstance(a, ast.GeneratorExp) for a in call.args):
        return False  # a generator would run in the thread of the twin
    if not dialect.raises.startswith("psycopg2"):
        return True
    if name in ("execute", "executemany") and not _plain_statement(call):
        return False
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    if cls.endswith("connection") and name == "cursor" and given:
        return False  # a name makes it a cursor of the server, a factory other rows
    if name in ("execute", "executemany") and not isinstance(source.parents[call], ast.Expr):
        return False
    return not free(given) & names_of("psycopg2", source)


_NEVER = {
    "redis.client.Pipeline.watch",  # from there on, commands are no longer queued but sent
    "sqlite3.Connection.backup",  # takes another connection
}
_SEVERAL = re.compile(r";\s*\S")
_LISTED = re.compile(r"\bin\s+%", re.IGNORECASE)
_OTHERWISE = re.compile(r"\b(copy|listen|notify|declare|fetch|call)\b", re.IGNORECASE)


def _plain_statement(call: ast.Call) -> bool:
    """One written-out statement with parameters that both write into it in the same way."""
    match call.args:
        case [ast.Constant(value=str(text))]:
            pass
        case [ast.Constant(value=str(text)), parameters] if not _nested(parameters):
            pass
        case _:
            return False
    return not call.keywords and not any(found.search(text) for found in (_SEVERAL, _LISTED, _OTHERWISE))


def _nested(parameters: ast.expr) -> bool:
    """Is there nothing in the parameters, or a tuple, which psycopg 3 writes as a row?"""
    match parameters:
        case ast.Tuple(elts=[]) | ast.List(elts=[]) | ast.Dict(keys=[]) | ast.Constant():
            return True
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Dict(values=parts):
            return any(isinstance(part, ast.Tuple | ast.Starred) for part in parts)
    return False


def names_of(package: str, source: Source) -> frozenset[str]:
    """The names that the file imports from a package."""
    return frozenset(
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if (getattr(node, "module", None) or alias.name).partition(".")[0] == package
    )


def caught(dialect: Dialect, source: Source) -> bool:
    """Does a handler in the file wait for failures that only the blocking client raises?"""
    if not dialect.raises:
        return False
    own = names_of(dialect.raises, source)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any((dotted(kind) or "").partition(".")[0] in own for kind in kinds):
                return True
    return False


_NO_ROWS = frozenset("rowcount description".split())
_REDIS = frozenset(
    """host port db password username socket_timeout socket_connect_timeout socket_keepalive encoding encoding_errors
    decode_responses health_check_interval client_name ssl ssl_ca_certs ssl_certfile ssl_keyfile unix_socket_path
    max_connections protocol""".split()
)
_QUEUED = frozenset(
    """get set setex setnx incr incrby decr delete exists expire ttl hget hset hgetall hdel hincrby lpush rpush lpop rpop llen
    lrange sadd srem smembers sismember zadd zrem zrange zscore getset append publish xadd type mget mset hmget ping keys
    dbsize""".split()
)
_POSTGRES = frozenset(
    """dsn dbname database user password host hostaddr port connect_timeout application_name options sslmode sslcert sslkey
    sslrootcert client_encoding keepalives keepalives_idle keepalives_interval keepalives_count target_session_attrs""".split()
)

SQLITE = Dialect(
    "sqlite3.connect", "sqlite3.Connection", "aiosqlite.connect", "close", frozenset({Needed("aiosqlite")}),
    frozenset("database timeout detect_types isolation_level check_same_thread cached_statements uri autocommit".split()),
    positional=("",), connects=True, commits=True,
    attributes={"sqlite3.Connection": frozenset("in_transaction total_changes row_factory text_factory".split()),
                "sqlite3.Cursor": frozenset({*_NO_ROWS, "lastrowid"})},
    settable=frozenset("row_factory text_factory".split()), note="aiosqlite must be installed",
)  # fmt: skip
POSTGRES = Dialect(
    "psycopg2.connect", "psycopg2.extensions.connection", "_postgres", "close", frozenset(), _POSTGRES,
    positional=("",), renamed={"database": "dbname", "dsn": "conninfo"}, helpers=frozenset({"_postgres"}),
    connects=True, connects_first=True, commits=True, closes_only=False,
    attributes={"psycopg2.extensions.connection": frozenset({"autocommit"}),
                "psycopg2.extensions.cursor": _NO_ROWS},
    raises="psycopg2",
    note="psycopg (3.1 or newer) must be installed; its failures are psycopg.Error, its ranges and arrays of rare types its own",
)  # fmt: skip
REDIS = Dialect(
    "redis.Redis", "redis.Redis", "redis.asyncio.Redis", "aclose", frozenset({Needed("redis.asyncio")}), _REDIS,
    positional=("host", "port", "db", "password"), as_they_are={"redis.client.Pipeline": _QUEUED},
    walked=frozenset("scan_iter hscan_iter sscan_iter zscan_iter".split()), shared=True,
    note="redis 5.0.1 or newer must be installed",
)  # fmt: skip
_URL = replace(
    REDIS, makes="redis.from_url", twin="redis.asyncio.from_url", arguments=_REDIS | {"url"}, positional=("",)
)
REQUESTS = Dialect(
    "requests.Session", "requests.Session", "httpx.AsyncClient", "aclose", frozenset({Needed("httpx")}), frozenset(),
    more=("follow_redirects=True", "timeout=None"), settable=frozenset({"auth"}), shared=True, raises="requests",
)  # fmt: skip

DIALECTS = {each.makes: each for each in (SQLITE, POSTGRES, REDIS, _URL, REQUESTS)}
DIALECTS |= {"redis.StrictRedis": REDIS, "redis.Redis.from_url": _URL, "requests.session": REQUESTS}
