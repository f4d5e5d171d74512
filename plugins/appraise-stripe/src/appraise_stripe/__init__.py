"""Appraise adapter for Stripe."""

from appraise_stripe.adapter import StripeAdapter, adapter

__all__ = ["StripeAdapter", "adapter"]
