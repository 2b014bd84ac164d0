"""The decisions of notifications, pure: which e-mail an event makes, when, and what it tells."""
