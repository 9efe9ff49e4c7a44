"""What knows no ledger: money, words, text, files, the clock, errors."""
