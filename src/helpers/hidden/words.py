"""What each method of estimating a hidden population is called in charts and tables."""

# Methods of our own. Those of published estimates have labels in data/datapackage.json.
METHOD_WORDS = {
    "independence": "independence",
    "stepwise": "stepwise",
    "best_bic": "best BIC",
    "average": "average",
    "decomposable": "decomposable graphs",
    "latent_class": "latent classes",
}
