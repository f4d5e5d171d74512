"""Appraise adapter for Freshdesk."""

from appraise_freshdesk.adapter import adapter

__all__ = ["adapter"]
