"""Appraise adapter for WooCommerce."""

from appraise_woocommerce.adapter import adapter

__all__ = ["adapter"]
