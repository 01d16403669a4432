"""Every claim has a few words of its own, and they fit their tile."""

import itertools

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from helpers.ledger.claims import read_ledger
from helpers.ledger.scorecard import draw

CLAIMS = read_ledger().claims


def test_every_claim_is_told_in_three_to_five_words_of_its_own():
    assert CLAIMS["short"].is_unique
    assert {len(words.split()) for words in CLAIMS["short"]} <= {3, 4, 5}


@pytest.mark.parametrize("verdicts", [sorted(set(CLAIMS["verdict"])), ["wrong"]])
def test_words_stay_in_their_tiles(verdicts):
    chosen = CLAIMS[CLAIMS["verdict"].isin(verdicts)]
    figure = draw(chosen)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    (axes,) = figure.axes
    tiles = [tile.get_window_extent(canvas.get_renderer()) for tile in axes.patches]
    assert len(tiles) == len(chosen)
    assert not any(one.overlaps(other) for one, other in itertools.combinations(tiles, 2))
    for text in (text for text in axes.texts if text.get_text()[:3] in chosen.index):
        box = text.get_window_extent(canvas.get_renderer())
        assert any(
            tile.x0 <= box.x0 and box.x1 <= tile.x1 and tile.y0 <= box.y0 and box.y1 <= tile.y1
            for tile in tiles
        ), text.get_text()
