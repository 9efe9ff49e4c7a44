"""Many ledgers at once: which they are, who works on them, and what is kept of it.

`listed` reads the file that names an office's ledgers. `workers` runs a function on
each of many tasks, in processes of their own. `sources` knows the files that decide a
ledger's answers, and `kept` keeps answers for the next run. Nothing here knows what is
asked of a ledger: a door hands in a function and its tasks.
"""
