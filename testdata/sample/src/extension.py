"""Greets, and counts the letters of the greeting."""
from __future__ import print_function

import sys

from universal_extension import ExtensionResult, UniversalExtension

import salute
import tally
from steps import words


class Extension(UniversalExtension):
    """What the agent starts."""

    def extension_start(self, fields):
        name = fields.get("name") or " ".join(sys.argv[1:]) or "nobody"
        greeting = salute.hello(name, words("greeting"))
        print(greeting)
        print("Python %d.%d, tally %s was built for %s" % (sys.version_info[:2] + (tally.__version__, tally.BUILT_FOR)))
        return ExtensionResult(rc=0, unv_output=str(tally.letters(greeting)))
