"""What stands between a ledger and right answers, and what to type about it."""
