"""Appraise adapter for Frappe HR."""

from appraise_frappe.adapter import FrappeAdapter, adapter

__all__ = ["FrappeAdapter", "adapter"]
