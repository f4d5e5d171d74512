"""Appraise sink for Lattice."""
