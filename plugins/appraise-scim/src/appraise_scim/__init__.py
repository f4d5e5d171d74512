"""Appraise adapter for SCIM 2.0."""

from appraise_scim.adapter import ScimAdapter, adapter

__all__ = ["ScimAdapter", "adapter"]
