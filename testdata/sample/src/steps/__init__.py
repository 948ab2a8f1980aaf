"""A package of the extension's own, with a file of data."""
import os


def words(name):
    """The line of words.txt that begins with name."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "words.txt")
    with open(path) as f:
        for line in f:
            key, _, value = line.strip().partition("=")
            if key == name:
                return value
    raise KeyError(name)
