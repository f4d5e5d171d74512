"""Appraise adapter for Horilla."""

from appraise_horilla.adapter import HorillaAdapter, adapter

__all__ = ["HorillaAdapter", "adapter"]
