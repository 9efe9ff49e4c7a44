"""How an answer is said: tables, letters, CSV, a calendar."""
