"""The catalog finds a call under every public spelling, through bases, attributes and `Class.*`, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from advisor.model.catalog import Catalog, CatalogFile

NETWORK, NOTHING = {"effect": "network"}, {"effect": "none"}

SHAPE: dict[str, Any] = {
    "package": "cloud",
    "about": "A made-up client library.",
    "calls": {
        "cloud.connect": {"effect": "none", "returns": "cloud.client.Client"},
        "cloud.client.Base.close": NOTHING,
        "cloud.client.Base.*": NOTHING,
        "cloud.client.Client.send": NETWORK,
        "cloud.client.Client.*": NETWORK,
        "cloud.boxes.Boxes.run": {"effect": "subprocess"},
        "cloud.boxes.Boxes.__getattr__": {"effect": "none", "returns": "cloud.client.Client"},
    },
    "objects": {
        "cloud.client.Base": {"attributes": {"boxes": "cloud.Boxes"}},
        "cloud.client.Client": {"bases": ["cloud.client.Base"]},
        "cloud.client.Quiet": {"bases": ["cloud.client.Client", "cloud.client.Quiet"]},
        "cloud.boxes.Boxes": {},
    },
    "aliases": {"cloud.Client": "cloud.client.Client", "cloud.Boxes": "cloud.boxes.Boxes", "nimbus": "cloud"},
}
CATALOG = Catalog((CatalogFile.model_validate(SHAPE),))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("cloud.connect", "cloud.connect"),
        ("cloud.Client.send", "cloud.client.Client.send"),
        ("nimbus.Client.send", "cloud.client.Client.send"),
        ("cloud.Client.close", "cloud.client.Base.close"),
        ("cloud.client.Quiet.send", "cloud.client.Client.send"),
        ("cloud.Client.list_everything", "cloud.client.Client.*"),
        ("cloud.client.Quiet.list_everything", "cloud.client.Client.*"),
        ("cloud.client.Base.list_everything", "cloud.client.Base.*"),
        ("cloud.Client.boxes.run", "cloud.boxes.Boxes.run"),
        ("cloud.Client.boxes.any_name.send", "cloud.client.Client.send"),
    ],
)
def test_a_call_is_found(name: str, key: str) -> None:
    found = CATALOG.call(name)
    assert found is not None
    assert found == (key, CATALOG.calls[key])


@pytest.mark.parametrize(
    "name",
    [
        "cloud.disconnect",  # modules have no fallback unless they list one
        "cloud.Client",  # a class is not one of its own methods
        "cloud.Client._private",
        "cloud.Client.__init__",
        "cloud.Client.exceptions.NotFound",  # an attribute nobody described
        "cloud.Client.boxes.halt",
        "cloudy.Client.send",
        "send",
    ],
)
def test_a_near_miss_is_not_found(name: str) -> None:
    assert CATALOG.call(name) is None


def test_attributes_are_typed_own_inherited_and_dynamic() -> None:
    assert CATALOG.attribute("cloud.client.Quiet.boxes") == "cloud.boxes.Boxes"
    assert CATALOG.attribute("cloud.Client.boxes.any_name") == "cloud.client.Client"
    assert CATALOG.attribute("cloud.Client.crates") is None
    assert CATALOG.attribute("cloud") is None


@pytest.mark.parametrize("key", ["cloud.*.send", "*", "cloud*", "cloud..send"])
def test_a_star_stands_alone_and_last(key: str) -> None:
    with pytest.raises(ValidationError):
        CatalogFile.model_validate({"package": "cloud", "about": "", "calls": {key: NETWORK}})


def test_a_star_is_for_calls_only() -> None:
    with pytest.raises(ValidationError):
        CatalogFile.model_validate({"package": "cloud", "about": "", "objects": {"cloud.*": {}}})
