"""Appraise adapter for HubSpot."""

from appraise_hubspot.adapter import adapter

__all__ = ["adapter"]
