"""Appraise adapter for SAP SuccessFactors."""

from appraise_successfactors.adapter import SuccessFactorsAdapter, adapter

__all__ = ["SuccessFactorsAdapter", "adapter"]
