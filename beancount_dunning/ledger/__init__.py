"""What is written: directives as settings, postings as open items, notes as a log."""
