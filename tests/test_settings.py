"""Settings: defaults below pyproject.toml below the command line, and a clear word about each mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from advisor.errors import AdvisorError
from advisor.settings import Settings, check_slugs, load_settings


def configure(root: Path, text: str) -> Path:
    (root / "pyproject.toml").write_text(text, encoding="utf-8")
    return root


def test_defaults_without_a_file_and_without_a_table(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}) == Settings()
    assert load_settings(configure(tmp_path, "[tool.other]\nall = true\n"), {}) == Settings()


def test_the_file_is_above_the_defaults_in_both_spellings(tmp_path: Path) -> None:
    table = '[tool.advisor]\ntarget-python = "3.14t"\nfail_on = "high"\nselect = ["a-b"]\nexclude = ["gen/"]\n'
    settings = load_settings(configure(tmp_path, table), {})
    assert (settings.target_python, settings.fail_on) == ("3.14t", "high")
    assert (settings.select, settings.exclude) == (("a-b",), ("gen/",))


def test_the_command_line_is_above_the_file(tmp_path: Path) -> None:
    configure(tmp_path, '[tool.advisor]\ncores = 8\nselect = ["a"]\nall = true\nignore = ["c"]\n')
    settings = load_settings(tmp_path, {"cores": 2, "select": ["b"], "all": None, "ignore": []})
    assert (settings.cores, settings.select, settings.all, settings.ignore) == (2, ("b",), True, ("c",))


def test_rule_directories_of_the_file_are_beside_it_and_those_of_the_command_line_are_not(tmp_path: Path) -> None:
    configure(tmp_path, '[tool.advisor]\nrules = ["ours"]\n')
    (tmp_path / "ours").mkdir()
    assert load_settings(tmp_path, {}).rules == (tmp_path / "ours",)
    assert load_settings(tmp_path, {"rules": [Path("mine")]}).rules == (Path("mine"),)


def test_a_byte_order_mark_is_no_obstacle(tmp_path: Path) -> None:
    assert load_settings(configure(tmp_path, "\ufeff[tool.advisor]\ncores = 3\n"), {}).cores == 3


@pytest.mark.parametrize(
    ("text", "title", "hint"),
    [
        ("[tool.advisor]\ntarget_pyton = '3.11'\n", 'unknown key "target_pyton"', 'did you mean "target-python"?'),
        ("[tool.advisor]\nzzz = 1\n", 'unknown key "zzz"', "known keys: all, baseline, confidence, cores"),
        ("[tool.advisor]\nproject = '.'\n", 'unknown key "project"', "known keys"),
        ("[tool.advisor]\nfail-on = 'low'\nfail_on = 'low'\n", '"fail_on" is given twice', "one spelling"),
        ("[tool.advisor]\ncores = '4'\n", "cores: '4' is not valid", "leave it out"),
        ("[tool.advisor]\ncores = 0\n", "cores: 0 is not valid", "leave it out"),
        ("[tool.advisor]\ncores = '1,2'\n", "cores: '1,2' is not valid: it must be a whole number from 1 on", "leave"),
        ("[tool.advisor]\ncores = [1, 'x']\n", "] cores: 'x' is not valid", "leave it out"),
        ("[tool.advisor]\ntarget-python = '3.12t'\n", "target-python: '3.12t' is not valid", "from 3.13t on"),
        ("[tool.advisor]\nrules = ['nope']\n", "[tool.advisor] rules: there is no directory", "beside the file"),
        ("[tool.advisor]\nexclude = ['!']\n", "exclude: ['!'] is not valid", ".gitignore"),
        ("[tool.advisor]\njobs = -1\n", "jobs: -1 is not valid", "0 means"),
        ("[tool.advisor]\nall = 'yes'\n", "all: 'yes' is not valid", ""),
        ("[tool.advisor]\nselect = 'one'\n", "select: 'one' is not valid", ""),
        ("[tool.advisor]\ntarget-python = 3.14\n", "target-python: 3.14 is not valid", "in quotes"),
        (
            "[tool.advisor]\nfail-on = 'always'\n",
            "fail-on: 'always' is not valid: it must be never, low, medium or high",
            "",
        ),
        ("[tool]\nadvisor = 1\n", "[tool.advisor] must be a table", "[tool.advisor]"),
        ("tool = 1\n", "[tool.advisor] must be a table", "[tool.advisor]"),
        ("[tool.advisor\n", "not valid TOML", ""),
    ],
)
def test_a_mistake_in_the_file_names_file_key_and_remedy(tmp_path: Path, text: str, title: str, hint: str) -> None:
    with pytest.raises(AdvisorError) as caught:
        load_settings(configure(tmp_path, text), {})
    assert str(tmp_path / "pyproject.toml") in caught.value.title
    assert title in caught.value.title
    assert hint in caught.value.hint
    assert "\n" not in caught.value.title
    assert caught.value.exit_code == 2


def test_broken_toml_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match=r"pyproject.toml:2: not valid TOML: "):
        load_settings(configure(tmp_path, "[tool.advisor]\ncores = \nselect = []\n"), {})
    with pytest.raises(AdvisorError, match=r"pyproject.toml:3: not valid TOML: "):
        load_settings(configure(tmp_path, "[tool.advisor]\ncores = 2\nselect = ["), {})


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(AdvisorError, match="cannot be read"):
        load_settings(tmp_path, {})


@pytest.mark.parametrize(
    ("override", "title"),
    [
        ({"format": "jsn"}, "--format: 'jsn' is not valid: it must be one of text, full, "),
        ({"target_python": "2.7"}, "--target-python: '2.7' is not valid"),
        ({"fail_on": "x"}, "--fail-on: 'x' is not valid"),
        ({"cores": 0}, "--cores: 0 is not valid"),
        ({"compare_cores": [1, 0]}, "--cores: 0 is not valid"),
    ],
)
def test_a_mistake_on_the_command_line_names_the_option(tmp_path: Path, override: dict[str, Any], title: str) -> None:
    with pytest.raises(AdvisorError) as caught:
        load_settings(tmp_path, override)
    assert caught.value.title.startswith(title)


def test_several_cores_in_the_file_are_compared(tmp_path: Path) -> None:
    configure(tmp_path, "[tool.advisor]\ncores = [1, 2, 4]\n")
    settings = load_settings(tmp_path, {})
    assert (settings.cores, settings.compare_cores) == (None, (1, 2, 4))
    settings = load_settings(tmp_path, {"cores": 8})
    assert (settings.cores, settings.compare_cores) == (8, ())
    assert load_settings(configure(tmp_path, "[tool.advisor]\ncores = [4]\n"), {}).cores == 4


def test_a_slug_that_no_rule_has_is_told_where_it_was_given(tmp_path: Path) -> None:
    configure(tmp_path, "[tool.advisor]\nignore = ['typo']\nselect = ['other']\n")
    with pytest.raises(AdvisorError, match=r"pyproject.toml: \[tool.advisor\] select: there is no rule"):
        check_slugs(load_settings(tmp_path, {}), ("tiny-work",))
    with pytest.raises(AdvisorError, match=r"--ignore: there is no rule"):
        check_slugs(load_settings(tmp_path, {"select": ["tiny-work"], "ignore": ["typo"]}), ("tiny-work",))


def test_no_mistake_is_told_in_the_words_of_a_library(tmp_path: Path) -> None:
    for field in Settings.model_fields:
        with pytest.raises(AdvisorError, match="is not valid: it must be ") as caught:
            load_settings(tmp_path, {field: object()})
        assert "nput" not in caught.value.title


def test_slugs_that_no_rule_has() -> None:
    known = ("independent-waits", "tiny-work")
    check_slugs(Settings(select=("tiny-work",), ignore=("independent-waits",)), known)
    with pytest.raises(AdvisorError, match='--ignore: there is no rule "tiny-wrk"') as caught:
        check_slugs(Settings(ignore=("tiny-wrk",)), known)
    assert caught.value.hint == 'did you mean "tiny-work"?'
    with pytest.raises(AdvisorError, match="--select") as caught:
        check_slugs(Settings(select=("zzz",)), known)
    assert "advisor rules" in caught.value.hint
