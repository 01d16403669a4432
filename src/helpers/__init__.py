"""Small helpers shared by the notebooks: tables, estimates, charts and recorded results."""
