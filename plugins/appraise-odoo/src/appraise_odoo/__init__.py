"""Appraise adapter for Odoo."""

from appraise_odoo.adapter import OdooAdapter, adapter

__all__ = ["OdooAdapter", "adapter"]
