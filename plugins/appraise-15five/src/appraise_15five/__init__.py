"""Appraise sink for 15Five."""
