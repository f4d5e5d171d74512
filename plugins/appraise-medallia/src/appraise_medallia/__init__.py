"""Appraise adapter for Medallia Agent Connect."""

from appraise_medallia.adapter import adapter

__all__ = ["adapter"]
