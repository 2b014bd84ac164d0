"""Decisions: how addresses compare, which passwords hold, how often, and what a link still does."""
