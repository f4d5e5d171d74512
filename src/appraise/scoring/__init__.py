"""Scoring: from events to scorecards."""

from appraise.scoring.run import score

__all__ = ["score"]
