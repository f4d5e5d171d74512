"""Appraise adapter for OrangeHRM."""

from appraise_orangehrm.adapter import OrangeHrmAdapter, adapter

__all__ = ["OrangeHrmAdapter", "adapter"]
