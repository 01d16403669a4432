"""Demographics: arrivals, sex ratios, cohorts and the number in China (notebooks 2x)."""
