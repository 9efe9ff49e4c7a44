"""Where it stands on a date: the books, the next step, interest, the aging report."""
