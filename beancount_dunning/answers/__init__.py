"""What one asks of the books: what to flag, what to send, what happened and why."""
