"""Appraise adapter for Salesforce."""

from appraise_salesforce.adapter import adapter

__all__ = ["adapter"]
