"""Appraise adapter for ADP."""

from appraise_adp.adapter import AdpAdapter, adapter

__all__ = ["AdpAdapter", "adapter"]
