"""The decisions of subscriptions, pure: `publication` for règlements, `access` for rights."""
