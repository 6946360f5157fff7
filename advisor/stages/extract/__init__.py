"""Extract: reads one file with ast-grep, in a single parse, into `ModuleFacts`."""

from advisor.stages.extract.module import extract, extract_encoded
from advisor.stages.extract.sites import check_site, prepare

__all__ = ["check_site", "extract", "extract_encoded", "prepare"]
