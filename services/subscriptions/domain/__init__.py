"""The decisions of subscriptions, pure: `publication` for règlements, `access` for rights,
`roles` for agents."""
