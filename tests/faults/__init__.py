"""Faults: everything is killed in turn while families order; then every promise is checked."""
