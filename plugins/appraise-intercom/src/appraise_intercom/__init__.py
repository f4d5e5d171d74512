"""Appraise adapter for Intercom."""

from appraise_intercom.adapter import adapter

__all__ = ["adapter"]
