"""Real calendar applications, which subscribe to a Fava and follow its ledger."""
