"""Accounts: people, how they sign in, their households and those who eat."""
