"""Words for methods: one per method, and those of the tables where a method has some there."""

from helpers.data import labels
from helpers.hidden import ALL_METHODS
from helpers.hidden.words import METHOD_WORDS


def test_every_method_has_words():
    assert list(METHOD_WORDS) == list(ALL_METHODS)


def test_methods_are_called_what_the_table_of_published_estimates_calls_them():
    published = labels("list_estimates", "method")
    shared = METHOD_WORDS.keys() & published
    assert shared and all(METHOD_WORDS[method] == published[method] for method in shared)
