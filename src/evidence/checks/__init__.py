"""What must be so before anything runs: tables, ledger, wording, collection."""
