"""Appraise adapter for Chargebee."""

from appraise_chargebee.adapter import adapter

__all__ = ["adapter"]
