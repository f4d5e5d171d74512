"""Appraise adapter for Shopify."""

from appraise_shopify.adapter import ShopifyAdapter, adapter

__all__ = ["ShopifyAdapter", "adapter"]
