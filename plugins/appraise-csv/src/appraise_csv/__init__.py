"""Appraise's reference adapter: tables with a mapping file."""

from appraise_csv.adapter import CsvAdapter, adapter
from appraise_csv.suggestions import suggest_mapping

__all__ = ["CsvAdapter", "adapter", "suggest_mapping"]
