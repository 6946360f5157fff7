"""All that the advisor knows, in one value: what sites look like, how to judge them, what other people's code does."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.model.catalog import Catalog
from advisor.model.confidence import Calibration
from advisor.model.rule import Rule, SiteRule


@dataclass(frozen=True, slots=True)
class Knowledge:
    """`sites` and `rules` are in the order of their slugs, and no slug is used twice across the two.

    `calibration` says how likely advice is right.
    """

    sites: tuple[SiteRule, ...]
    rules: tuple[Rule, ...]
    catalog: Catalog
    calibration: Calibration

    @property
    def slugs(self) -> frozenset[str]:
        return frozenset((*(site.id for site in self.sites), *(rule.id for rule in self.rules)))

    @property
    def noqa(self) -> dict[str, tuple[str, ...]]:
        """The codes under which other linters report what a rule reports, by its slug."""
        sites = {rule.id: rule.noqa for rule in self.sites if rule.noqa}
        return sites | {rule.id: rule.noqa for rule in self.rules if rule.noqa}
