"""Appraise adapter for SurveyMonkey."""

from appraise_surveymonkey.adapter import adapter

__all__ = ["adapter"]
