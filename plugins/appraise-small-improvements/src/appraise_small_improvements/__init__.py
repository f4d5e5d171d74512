"""Appraise sink for Small Improvements."""
