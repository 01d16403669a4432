"""What a notebook may import, and so all that a result can depend on."""


def load_ipython_extension(shell):
    """Prepare a notebook, on ``%load_ext helpers``: the magic ``%%say`` and the look of charts.

    Its parameters are set by then, so one that cannot be a list is refused here.
    """
    from helpers.charts import set_theme
    from helpers.expect import refuse_text_for_list
    from helpers.say import say

    refuse_text_for_list(shell.user_ns)
    shell.register_magic_function(say, "cell", "say")
    set_theme()
