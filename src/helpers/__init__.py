"""What a notebook may import, and so all that a result can depend on."""


def load_ipython_extension(shell):
    """Prepare a notebook, on ``%load_ext helpers``: the magic ``%%say`` and the look of charts."""
    from helpers.charts import set_theme
    from helpers.say import say

    shell.register_magic_function(say, "cell", "say")
    set_theme()
