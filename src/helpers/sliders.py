"""What every panel of sliders shares: an answer below them that follows, and what stands for it."""

from collections.abc import Callable, Mapping

VIEW = "application/vnd.jupyter.widget-view+json"
STANDS_FOR = "Sliders: run this cell in JupyterLab (`make lab`) to move every input yourself."
WIDTH, LABEL = "620px", "190px"
_shown = {}


def look() -> dict:
    """Return the settings that give every slider the same width and room for its name."""
    import ipywidgets as widgets

    return {"layout": widgets.Layout(width=WIDTH), "style": {"description_width": LABEL}}


def panel(name: str, controls: Mapping, answer: Callable[..., tuple[str, bytes | None]]):
    """Put sliders above an answer that is worked out again whenever one of them moves.

    Parameters
    ----------
    name : str
        Of the panel as a whole; a random one would change the stored output.
    controls : dict of str to ipywidgets widget
    answer : callable
        Takes the value of each control by its name; returns a sentence in HTML and a chart as PNG,
        or no chart to leave the last one.

    Returns
    -------
    ipywidgets.VBox
        The controls, the sentence and the chart.
    """
    text, picture = below()

    def redraw(_=None):
        text.value, drawn = answer(**{key: control.value for key, control in controls.items()})
        picture.value = drawn or picture.value

    for control in controls.values():
        control.observe(redraw, "value")
    redraw()
    return box(name, [*controls.values(), text, picture])


def below():
    """Return the places below the sliders: for a sentence, and for a chart."""
    import ipywidgets as widgets

    return widgets.HTML(), widgets.Image(format="png")


def box(name: str, parts: list):
    """Stack the parts of a panel under a name that is always the same.

    A cell that runs again makes the panel again. The one before is closed first: closed later, by
    Python's own tidying, it would take the new one of the same name with it.
    """
    import ipywidgets as widgets

    if name in _shown:
        _shown.pop(name).close()
    _shown[name] = widgets.VBox(parts, model_id=name)
    return _shown[name]


def show(panel) -> None:
    """Display a panel; where no notebook runs, a sentence stands for it."""
    from IPython.display import display

    view = {"model_id": panel.model_id, "version_major": 2, "version_minor": 0}
    display({VIEW: view, "text/plain": STANDS_FOR}, raw=True)
