"""The browser's door: parents' pages, the session cookie, protection against foreign forms."""
