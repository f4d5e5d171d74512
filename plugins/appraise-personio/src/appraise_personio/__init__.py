"""Appraise adapter for Personio."""

from appraise_personio.adapter import PersonioAdapter, adapter

__all__ = ["PersonioAdapter", "adapter"]
