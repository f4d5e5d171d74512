"""Appraise adapter for Zendesk."""

from appraise_zendesk.adapter import ZendeskAdapter, adapter

__all__ = ["ZendeskAdapter", "adapter"]
