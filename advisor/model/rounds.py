"""Rounds: how often loops run of which the source does not tell, by what they walk, as counted in real programs."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator

from advisor.model.effect import Range


class Walked(StrEnum):
    """What a loop walks, or how a function calls itself.

    Only what the counts tell apart is a kind. Parameters, results of calls, pieces of texts, products, and what the function
    itself put together before are `other`: programs left out were predicted no better for telling these apart.
    """

    ATTRIBUTE = "attribute"
    PART = "part"  # an element or a slice of something else
    FOLDER = "folder"  # what stands in a folder, a bucket, or below
    RECORDS = "records"  # the lines of a file, the rows of a query
    MAPPING = "mapping"  # its entries, keys or values
    RANGE = "range"
    TEST = "test"  # nothing: a `while`
    OTHER = "other"
    LINEAR_RECURSION = "linear-recursion"  # a run of the function calls it once at most
    TREE_RECURSION = "tree-recursion"  # … or several times


class Prior(BaseModel):
    """Of the loops of one kind, five in a hundred have fewer rounds than `low`, half fewer than `expected`, and five in a
    hundred more than `high`. `loops` of so many `programs` were counted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: float = Field(gt=0)
    expected: float = Field(gt=0)
    high: float = Field(gt=0)
    loops: int = Field(default=0, ge=0)
    programs: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> Prior:
        if not self.low <= self.expected <= self.high:
            raise ValueError("low, expected and high must not go down")
        return self


class Rounds(BaseModel):
    """The table: how many rounds a loop has that is entered with any. A kind that is not in it counts as `other`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: str = ""
    sources: tuple[str, ...] = ()
    priors: dict[Walked, Prior]

    @model_validator(mode="after")
    def _has_a_last_resort(self) -> Rounds:
        if Walked.OTHER not in self.priors:
            raise ValueError("there is no prior for `other`, which stands for every kind that is not listed")
        return self

    def of(self, walked: Walked) -> Range:
        """How many rounds a loop has that walks this."""
        prior = self.priors.get(walked, self.priors[Walked.OTHER])
        return Range(prior.low, prior.expected, prior.high)


UNCOUNTED = Rounds(priors={Walked.OTHER: Prior(low=1, expected=1, high=1e6)})
"""Where nothing was counted: a loop that is entered runs once at least, and nothing is known of its end."""
