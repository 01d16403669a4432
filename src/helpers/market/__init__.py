"""Market size: prices, the model of proceeds, choices and break-even (notebooks 3x)."""
