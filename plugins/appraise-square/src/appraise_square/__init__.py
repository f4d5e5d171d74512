"""Appraise adapter for Square."""

from appraise_square.adapter import adapter

__all__ = ["adapter"]
