"""Appraise: the customer-service section of a performance appraisal."""

__version__ = "0.1.0"
