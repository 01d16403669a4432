"""The ledger: claims, their family trees, their score card and what they demand (notebooks 1x)."""
