"""Appraise adapter for Workday."""

from appraise_workday.adapter import WorkdayAdapter, adapter

__all__ = ["WorkdayAdapter", "adapter"]
