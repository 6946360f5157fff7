"""What the catalog says of single calls (what they act on, change in memory and share) and what must hold of all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from advisor.model.catalog import Catalog, CatalogFile
from advisor.model.effect import Effect
from advisor.model.state import Access, Ambient
from tests.knowing import own_rules


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return own_rules().catalog


OUTSIDE = [
    ("requests.get", "read", (0, "url")),
    ("requests.head", "read", (0, "url")),
    ("requests.post", "create", (0, "url")),
    ("requests.patch", "write", (0, "url")),
    ("requests.delete", "delete", (0, "url")),
    ("requests.request", None, (1, "url")),
    ("httpx.AsyncClient.get", "read", (0, "url")),
    ("aiohttp.ClientSession.post", "create", (0, "url")),
    ("urllib.request.urlopen", None, (0, "url")),
    ("urllib.request.urlretrieve", "write", (1, "filename")),
    ("os.remove", "delete", (0, "path")),
    ("os.rename", "exclusive", (0, "src", 1, "dst")),
    ("os.makedirs", "create", (0, "name")),
    ("os.path.exists", "read", (0, "path")),
    ("posixpath.getsize", "read", (0, "filename")),
    ("os.walk", "list", (0, "top")),
    ("shutil.copy2", "write", (0, "src", 1, "dst")),
    ("shutil.copytree", "write", (1, "dst")),
    ("shutil.move", "exclusive", (0, "src", 1, "dst")),
    ("shutil.rmtree", "delete", (0, "path")),
    ("pathlib.Path.write_text", "write", ("receiver",)),
    ("pathlib.PosixPath.read_text", "read", ("receiver",)),
    ("pathlib.Path.rename", "exclusive", ("receiver", 0, "target")),
    ("subprocess.run", None, (0, "args", "cwd")),
    ("os.system", None, (0, "command")),
    ("sqlite3.Cursor.fetchall", "read", ("receiver",)),
    ("psycopg2.extras.RealDictCursor.fetchone", "read", ("receiver",)),
    ("sqlalchemy.ext.asyncio.AsyncSession.execute", "exclusive", ("receiver",)),
    ("django.db.models.Manager.get", "read", ()),
    ("django.db.models.Model.save", "write", ("receiver",)),
    ("pymongo.collection.Collection.insert_one", "create", ("receiver",)),
    ("redis.Redis.set", "write", (0, "name")),
    ("redis.Redis.mget", "read", (0, "keys")),
    ("redis.asyncio.Redis.rpush", "append", (0, "name")),
    ("redis.Redis.xadd", "append", (0, "name")),
    ("redis.Redis.lpop", "exclusive", (0, "name")),
    ("botocore.client.BaseClient.get_object", "read", ("Bucket", "Key")),
    ("botocore.client.BaseClient.put_object", "write", ("Bucket", "Key")),
    ("botocore.client.BaseClient.copy_object", "write", ("Bucket", "Key", "CopySource")),
    ("botocore.client.BaseClient.delete_object", "delete", ("Bucket", "Key")),
    ("botocore.client.BaseClient.upload_file", "write", (1, "Bucket", 2, "Key")),
    ("botocore.client.BaseClient.create_role", "create", ("RoleName",)),
    ("botocore.client.BaseClient.attach_role_policy", "write", ("RoleName",)),
    ("aiobotocore.client.AioBaseClient.delete_object", "delete", ("Bucket", "Key")),
    ("botocore.client.BaseClient.an_operation_that_is_not_listed", None, ()),
    ("selenium.webdriver.Chrome.get", "exclusive", ("receiver",)),
    ("playwright.sync_api.ElementHandle.click", "exclusive", ("receiver",)),
    ("smtplib.SMTP_SSL.send_message", "append", ("receiver",)),
    ("socket.socket.recv", "exclusive", ("receiver",)),
    ("kafka.KafkaProducer.send", "append", (0, "topic")),
    ("celery.app.task.Task.delay", "append", ("receiver",)),
    ("docker.models.containers.Container.remove", "delete", ("receiver",)),
    ("openai.resources.chat.Completions.create", "read", ("messages",)),
    ("google.genai.chats.Chat.send_message", "exclusive", ("receiver",)),
    ("google.cloud.storage.Blob.upload_from_string", "write", ("receiver",)),
    ("stripe.Customer.modify", "write", (0, "id")),
]


@pytest.mark.parametrize(("name", "access", "on"), OUTSIDE)
def test_a_call_acts_on_something_outside(
    catalog: Catalog, name: str, access: str | None, on: tuple[int | str, ...]
) -> None:
    found = catalog.call(name)
    assert found is not None
    assert (found[1].access, found[1].acts_on) == (access, on)


@pytest.mark.parametrize(
    ("name", "mode", "statement", "on"),
    [
        ("builtins.open", 1, None, (0, "file")),
        ("io.open", 1, None, (0, "file")),
        ("pathlib.Path.open", 0, None, ("receiver",)),
        ("gzip.open", 1, None, (0, "filename")),
        ("aiofiles.open", 1, None, (0, "file")),
        ("sqlite3.Connection.execute", None, 0, ("receiver",)),
        ("psycopg2.extras.execute_values", None, 1, (0, "cur")),
        ("asyncpg.Pool.fetch", None, 0, ("receiver",)),
    ],
)
def test_an_argument_tells_the_access(
    catalog: Catalog, name: str, mode: int | None, statement: int | None, on: tuple[int | str, ...]
) -> None:
    found = catalog.call(name)
    assert found is not None
    assert (found[1].access, found[1].mode, found[1].statement, found[1].acts_on) == (None, mode, statement, on)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("builtins.list.append", {"receiver": "append"}),
        ("builtins.list.pop", {"receiver": "take"}),
        ("builtins.list.copy", {}),
        ("builtins.set.add", {"receiver": "add"}),
        ("builtins.dict.setdefault", {"receiver": "key"}),
        ("collections.defaultdict.update", {"receiver": "key"}),
        ("collections.deque.popleft", {"receiver": "take"}),
        ("builtins.next", {0: "take"}),
        ("builtins.setattr", {0: "mutate"}),
        ("builtins.print", {"file": "append"}),
        ("heapq.heappush", {0: "mutate"}),
        ("json.dump", {1: "append", "fp": "append"}),
        ("shutil.copyfileobj", {0: "take", "fsrc": "take", 1: "append", "fdst": "append"}),
        ("io.TextIOWrapper.readline", {"receiver": "take"}),
        ("tempfile.SpooledTemporaryFile.write", {"receiver": "append"}),
        ("random.Random.shuffle", {"receiver": "draw", 0: "mutate"}),
        ("random.Random.getstate", {}),
        ("numpy.random.Generator.normal", {"receiver": "draw"}),
        ("numpy.ndarray.sort", {"receiver": "mutate"}),
        ("asyncio.PriorityQueue.get", {"receiver": "take"}),
        ("pickle.Pickler.dump", {"receiver": "mutate"}),
        ("torch.optim.Adam.step", {"receiver": "mutate"}),
    ],
)
def test_a_call_changes_objects(catalog: Catalog, name: str, changes: dict[int | str, str]) -> None:
    found = catalog.call(name)
    assert found is not None
    assert found[1].changes == changes


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("os.chdir", {"cwd": "write"}),
        ("ntpath.abspath", {"cwd": "read"}),
        ("os.environ.update", {"environment": "write"}),
        ("os.getenv", {"environment": "read"}),
        ("signal.signal", {"signals": "write"}),
        ("locale.setlocale", {"locale": "write"}),
        ("os.umask", {"umask": "write"}),
        ("sys.setrecursionlimit", {"interpreter": "write"}),
        ("socket.setdefaulttimeout", {"sockets": "write"}),
        ("warnings.simplefilter", {"warning-filters": "write"}),
        ("warnings.warn", {"log": "append"}),
        ("logging.Logger.info", {"log": "append"}),
        ("loguru.logger.info", {"log": "append"}),
        ("typer.echo", {"output": "append"}),
        ("builtins.print", {"output": "append"}),
        ("builtins.input", {"input": "exclusive"}),
        ("random.choice", {"random": "exclusive"}),
        ("random.seed", {"random": "write"}),
        ("secrets.choice", {}),
        ("numpy.random.rand", {"numpy-random": "exclusive"}),
        ("torch.randn", {"torch-random": "exclusive"}),
        ("sys.exit", {"exit": "write"}),
        ("os.getpid", {"process-id": "read"}),
        ("decimal.getcontext", {"decimal-context": "write"}),
        ("decimal.Decimal.sqrt", {"decimal-context": "read"}),
        ("contextvars.ContextVar.set", {"context-variable": "write"}),
        ("asyncio.current_task", {"current-task": "read"}),
        ("threading.get_ident", {"current-thread": "read"}),
        ("asyncio.get_event_loop", {"event-loop": "read"}),
        ("torch.no_grad", {"thread-local": "write"}),
    ],
)
def test_a_call_uses_ambient_state(catalog: Catalog, name: str, state: dict[str, str]) -> None:
    found = catalog.call(name)
    assert found is not None
    assert found[1].state == state


@pytest.mark.parametrize(
    "name",
    [
        "smtplib.SMTP_SSL", "poplib.POP3", "imaplib.IMAP4", "paramiko.SFTPClient",
        "sqlite3.Cursor", "sqlalchemy.orm.Session", "psycopg.Connection", "playwright.async_api.ElementHandle",
        "langchain.chains.ConversationChain", "websockets.ClientConnection", "types.GeneratorType",
    ],
)  # fmt: skip
def test_an_object_is_one_conversation(catalog: Catalog, name: str) -> None:
    described = catalog.object(name)
    assert described is not None
    assert described.conversation


def test_one_key_tells_the_access(catalog: Catalog) -> None:
    said = {name: (e.access, e.mode, e.statement) for name, e in catalog.calls.items()}
    assert [name for name, ways in said.items() if sum(way is not None for way in ways) > 1] == []


def test_what_acts_on_the_network_by_name_says_on_what(catalog: Catalog) -> None:
    libraries = ("requests.", "httpx.")
    objects = ("get_object", "put_object", "copy_object", "delete_object", "head_object", "upload_", "download_file")
    waits = {name: e for name, e in catalog.calls.items() if e.effect in (Effect.NETWORK, Effect.ASYNC)}
    named = {
        name: e
        for name, e in waits.items()
        if name.startswith(libraries)
        or (name.startswith("botocore.client.") and name.rpartition(".")[2].startswith(objects))
    }
    assert len(named) > 50
    assert [name for name, e in named.items() if not e.acts_on] == []


def test_positions_are_positions_and_nothing_is_named_twice(catalog: Catalog) -> None:
    for name, entry in catalog.calls.items():
        assert all(key >= 0 for key in (*entry.acts_on, *entry.changes) if isinstance(key, int)), name
        assert len(set(entry.acts_on)) == len(entry.acts_on), name


def test_fetching_from_a_cursor_keeps_its_order(catalog: Catalog) -> None:
    fetches = {
        name: e
        for name, e in catalog.calls.items()
        if name.endswith(("ursor.fetchone", "ursor.fetchall", "ursor.fetchmany"))
    }
    assert len(fetches) > 20
    assert {(e.access, e.acts_on) for e in fetches.values()} == {(Access.READ, ("receiver",))}
    owners = {name: catalog.object(name.rpartition(".")[0]) for name in fetches}
    assert [name for name, owner in owners.items() if owner is None or not owner.conversation] == []  # asked in turn


def _twins(catalog: Catalog) -> Iterator[tuple[str, Access, Access]]:
    for name, entry in catalog.calls.items():
        method = name.rpartition(".")[2]
        twin = catalog.call(entry.async_) if entry.async_ else None
        if twin and entry.access and twin[1].access and twin[0].rpartition(".")[2] == method:
            yield name, entry.access, twin[1].access


def test_the_async_form_does_the_same(catalog: Catalog) -> None:
    twins = list(_twins(catalog))
    assert len(twins) > 150
    by_a_function = ["paramiko.SSHClient.connect"]  # its async form makes a new connection
    assert [name for name, access, other in twins if access is not other] == by_a_function


def test_both_clients_of_aws_say_the_same(catalog: Catalog) -> None:
    sync, other = "botocore.client.BaseClient.", "aiobotocore.client.AioBaseClient."
    listed = [name for name in catalog.calls if name.startswith(other) and name.replace(other, sync) in catalog.calls]
    assert len(listed) > 300
    for name in listed:
        ours, theirs = catalog.calls[name], catalog.calls[name.replace(other, sync)]
        assert (ours.access, ours.acts_on) == (theirs.access, theirs.acts_on), name


def test_every_kind_of_ambient_state_is_used(catalog: Catalog) -> None:
    assert {name for entry in catalog.calls.values() for name in entry.state} == set(Ambient)


@pytest.mark.parametrize(
    "misfit",
    [
        {"state": {"weather": "write"}},
        {"state": {"cwd": "forget"}},
        {"changes": {"receiver": "shake"}},
        {"access": "borrow"},
        {"acts_on": "url"},
    ],
)
def test_words_that_are_not_known_are_refused(misfit: dict[str, Any]) -> None:
    call = {"effect": "none", **misfit}
    with pytest.raises(ValidationError):
        CatalogFile.model_validate({"package": "web", "about": "A library.", "calls": {"web.get": call}})
