"""Universal Events."""
from ._tell import logger

_PLAIN = (str, float, int, bool, type(u""))


def publish(name, attributes, time_to_live=None):
    """Publish an event, to live for so many minutes; here it is logged."""
    if not isinstance(name, (str, type(u""))):
        raise ValueError("name: a str is needed, not %s" % type(name).__name__)
    if time_to_live is not None and (not isinstance(time_to_live, int) or time_to_live < 0):
        raise ValueError("time_to_live: a number of minutes is needed, not %r" % (time_to_live,))
    for key, value in attributes.items():
        _check(key, value)
    logger.info("event %s: %s", name, attributes)


def _check(key, value):
    if isinstance(value, list):
        kinds = set(type(item) for item in value)
        if len(kinds) > 1 or not all(isinstance(item, _PLAIN) for item in value):
            raise ValueError("%s: a list of one of str, float, int, bool is needed" % key)
    elif not isinstance(value, _PLAIN):
        raise ValueError("%s: a str, float, int, bool or a list is needed, not %s" % (key, type(value).__name__))
