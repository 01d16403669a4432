"""The ledger's claims and anchors as constraints, as notebook 32 builds them."""

import pytest

from helpers.data import table
from helpers.ledger.anchors import admit, definitions, known_anchors
from helpers.ledger.constraints import bounded, claim_constraints
from helpers.quoted import quoted

BESIDE = table("anchors"), quoted("anchor_bounds"), table("terms")


@pytest.fixture(scope="session")
def rules():
    return definitions(*BESIDE)


@pytest.fixture(scope="session")
def known():
    return known_anchors(*BESIDE)


@pytest.fixture(scope="session")
def constraints(known):
    """Build the constraints of some claims and some anchors."""
    ledger = bounded(table("claims"), table("terms"))

    def build(claims=(), tolerance=0.1, anchors=("all",)):
        admitted = admit(known, list(anchors))
        reached = any(anchor.name == "up_to_reached" for anchor in admitted)
        said = claim_constraints(ledger, list(claims), tolerance, reached)
        return said + [c for anchor in admitted for c in anchor.constraints]

    return build
