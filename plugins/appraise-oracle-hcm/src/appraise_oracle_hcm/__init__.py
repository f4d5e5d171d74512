"""Appraise adapter for Oracle Fusion HCM."""

from appraise_oracle_hcm.adapter import OracleHcmAdapter, adapter

__all__ = ["OracleHcmAdapter", "adapter"]
