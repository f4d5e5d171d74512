"""Employees with known effects: what a scoring method makes of what their customers do."""
