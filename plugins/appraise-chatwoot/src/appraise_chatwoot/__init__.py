"""Appraise adapter for Chatwoot."""

from appraise_chatwoot.adapter import adapter

__all__ = ["adapter"]
