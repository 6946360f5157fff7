"""Tally: costs and proofs added up, each under the terms on which it is due, and what they come to in any run."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from msgspec import structs

from advisor.model.condition import ALWAYS, SOMETIMES, Condition, Memory, Terms, Under, joined
from advisor.model.effect import Effect, Range
from advisor.model.summary import Cost, Proof, Share, Summary

_PROOFS = 10
_GUESS = 0.3  # what a guess weighs beside a proof
_SHARES = 16  # terms that are told apart in one function: beyond, a test that a call could decide is an open one

Proofs = dict[tuple[Effect, str], Proof]
_PLAIN = Terms()


@dataclass(slots=True)
class _Part:
    """What is due on the same terms."""

    cost: Cost = field(default_factory=Cost)
    proofs: Proofs = field(default_factory=dict)


@dataclass(slots=True)
class Tally:
    """What has been added up so far."""

    plain: _Part = field(default_factory=_Part)  # most of it: what is due in any case
    parts: dict[Terms, _Part] = field(default_factory=dict)
    unresolved: int = 0
    parallel_native: bool = False

    def pay(self, under: Under, cost: Cost) -> None:
        """Add a cost that is due `under` certain conditions."""
        if under.memory is None and not under.tests:  # most of it
            self.plain.cost = self.plain.cost + cost
            return
        part, chance, _ = self._part(under)
        part.cost = part.cost + (cost if chance is ALWAYS else cost * chance)

    def add(self, under: Under, proof: Proof) -> None:
        """Add a proof that holds `under` certain conditions."""
        part, chance, left_open = self._part(under)
        conditions = joined(joined(under.conditions, left_open), proof.conditions)
        _join(
            part.proofs, _with(proof, conditions, proof.seconds * chance if left_open else proof.seconds, under.memory)
        )

    def summary(self) -> Summary:
        """All but what is known of state. What only first runs do is told apart from what any run does."""
        plain = self._share(_PLAIN, self.plain)
        if not self.parts:
            return self._summary(plain.proofs, plain.cost)
        shares = [plain, *(self._share(terms, part) for terms, part in self.parts.items())]
        proofs: Proofs = {}
        once: Proofs = {}
        cost = Cost()
        for share in shares:
            chance = chance_of(share.terms)
            kind = once if share.terms.first_only else proofs
            for proof in share.proofs:
                conditions = joined(proof.conditions, share.terms.tests)
                _join(kind, _with(proof, conditions, proof.seconds * chance, proof.memory))
            if not share.terms.first_only:
                cost = cost + (share.cost if chance == ALWAYS else share.cost * chance)
        return self._summary(_best(proofs.values()), cost, _best(once.values()), tuple(shares))

    def _summary(
        self, proofs: tuple[Proof, ...], cost: Cost, once: tuple[Proof, ...] = (), shares: tuple[Share, ...] = ()
    ) -> Summary:
        return Summary(
            proofs=proofs,
            cost=cost,
            once=once,
            shares=shares,
            unresolved=self.unresolved,
            parallel_native=self.parallel_native,
        )

    def _part(self, under: Under) -> tuple[_Part, Range, tuple[Condition, ...]]:
        """Where it is added up, and what it weighs there with the tests that are left open for want of room."""
        if under.memory is None and not under.tests:
            return self.plain, ALWAYS, ()
        terms = under.terms
        if terms in self.parts or len(self.parts) < _SHARES:
            return self.parts.setdefault(terms, _Part()), ALWAYS, ()
        part = self.parts.setdefault(Terms(under.memory), _Part())
        return part, chance_of(Terms(None, under.tests)), under.tests

    def _share(self, terms: Terms, part: _Part) -> Share:
        return Share(terms, part.cost, _best(part.proofs.values()))


def chance_of(terms: Terms) -> Range:
    """How much of a share on these terms any run does, where nobody decides its tests: of what is asked for by key, some."""
    chance = ALWAYS if terms.memory is None or terms.first_only else SOMETIMES
    for test in terms.tests:
        chance = chance * test.chance
    return chance


def often_repeated(summary: Summary, times: Range) -> Summary:
    """The summary of a function that calls itself, where one run is so many `times` as much as it does by itself."""

    def repeated(proofs: tuple[Proof, ...]) -> tuple[Proof, ...]:
        return tuple(_with(proof, proof.conditions, proof.seconds * times, proof.memory) for proof in proofs)

    shares = tuple(Share(share.terms, share.cost * times, repeated(share.proofs)) for share in summary.shares)
    return structs.replace(summary, cost=summary.cost * times, proofs=repeated(summary.proofs), shares=shares)


def _join(proofs: Proofs, proof: Proof) -> None:
    """Add `proof` to its like: the surest of them is kept, with the seconds of all."""
    known = proofs.get((proof.effect, proof.api))
    if known is not None:
        surer = (known.guessed, known.conditional) > (proof.guessed, proof.conditional)
        kept = proof if surer else known
        proof = _with(kept, kept.conditions, known.seconds + proof.seconds, kept.memory)
    proofs[proof.effect, proof.api] = proof


def _with(proof: Proof, conditions: tuple[Condition, ...], seconds: Range, memory: Memory | None) -> Proof:
    """`proof` with these."""
    return structs.replace(proof, conditions=conditions, seconds=seconds, memory=memory)


def _best(proofs: Collection[Proof]) -> tuple[Proof, ...]:
    """The proofs that weigh most, heaviest first."""
    if len(proofs) < 2:
        return tuple(proofs)
    ranked = sorted(proofs, key=lambda p: (-p.seconds.expected * (_GUESS if p.guessed else 1.0), p.effect, p.api))
    first_of_each = {proof.effect: proof for proof in reversed(ranked)}
    kept = {id(proof) for proof in (*ranked[:_PROOFS], *first_of_each.values())}
    return tuple(proof for proof in ranked if id(proof) in kept)
