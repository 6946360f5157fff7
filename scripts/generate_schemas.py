"""Write the JSON Schemas of `rules/schema/` from the models; with `--check`, only say which of them are stale.

Editors use those of the YAML files for completion and hover help; `report.json` is the contract of `--format json`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from advisor.model.catalog import CatalogFile
from advisor.model.confidence import Calibration
from advisor.model.report import Report
from advisor.model.rounds import Rounds
from advisor.model.rule import Rule, SiteRule
from advisor.model.words import Words

FOLDER = Path(__file__).resolve().parents[1] / "rules" / "schema"


def main(arguments: list[str]) -> int:
    stale = [name for name, text in schemas().items() if _read(FOLDER / name) != text]
    if "--check" in arguments:
        for name in stale:
            print(f"rules/schema/{name} is stale: run scripts/generate_schemas.py", file=sys.stderr)
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (FOLDER / name).write_text(schemas()[name], encoding="utf-8")
        print(f"rules/schema/{name} written")
    return 0


def schemas() -> dict[str, str]:
    """The text of each schema file by its name."""
    return {
        "site.json": _text(SiteRule.model_json_schema()),
        "decide.json": _text(Rule.model_json_schema()),
        "effects.json": _text(CatalogFile.model_json_schema()),
        "words.json": _text(Words.model_json_schema()),
        "confidence.json": _text(Calibration.model_json_schema()),
        "rounds.json": _text(Rounds.model_json_schema()),
        "report.json": _text(Report.model_json_schema(mode="serialization")),
    }


def _text(schema: dict[str, object]) -> str:
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(dialect | schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
