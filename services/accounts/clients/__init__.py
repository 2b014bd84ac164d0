"""What must never be waited for inside a transaction, one module each."""
