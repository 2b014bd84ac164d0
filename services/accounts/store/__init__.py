"""People, sessions, letters and households in and out of PostgreSQL; the SQL is in queries.sql."""
