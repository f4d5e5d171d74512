"""Appraise adapter for BambooHR."""

from appraise_bamboohr.adapter import BambooHrAdapter, adapter

__all__ = ["BambooHrAdapter", "adapter"]
