"""All tests share a cache of their own: what was calibrated or remembered for the developer must not change a result."""

from __future__ import annotations

import os
from pathlib import Path

os.environ["ADVISOR_CACHE"] = str(Path(__file__).parents[1] / ".pytest_cache" / "advisor")
