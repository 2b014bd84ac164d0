"""Payments: the ledger, the wallets, and the orders whose money is awaited."""
