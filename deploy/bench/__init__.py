"""`make bench`: what the portal does per second beside what its PostgreSQL could do alone."""
