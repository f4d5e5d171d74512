"""Appraise adapter for Hostile."""

from appraise_hostile.adapter import HostileAdapter, adapter

__all__ = ["HostileAdapter", "adapter"]
