"""How the parts of the generator say that a site cannot be rewritten safely."""

from __future__ import annotations

import ast

from advisor.model.refactor import Refusal
from advisor.model.spoken import spoken


class Refused(Exception):
    """Carries the refusal up to `generate`, which makes a value of it."""

    def __init__(self, hazard: str, because: str, at: ast.AST | int) -> None:
        super().__init__(because)
        line = at if isinstance(at, int) else getattr(at, "lineno", 1)
        self.refusal = Refusal(hazard, spoken(because), line)
