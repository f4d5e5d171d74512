"""Appraise adapter for Qualtrics."""

from appraise_qualtrics.adapter import adapter

__all__ = ["adapter"]
