"""Documentation. `catalogue` writes the pages that are made from the code."""
