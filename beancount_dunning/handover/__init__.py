"""What leaves the house as files: linked documents, sums, the ledger's Git commit.

It is the same through every door. This room reads files and starts Git, which what
lies below it does not.
"""
