"""Subscriptions: who organises which service, under which règlement, and who is entitled to it."""
