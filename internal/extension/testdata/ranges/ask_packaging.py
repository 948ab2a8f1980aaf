"""Asks packaging which releases of Python a specifier admits.

usage: python ask_packaging.py ranges.json > answers.json

ranges.json maps a requires_python to what it is in PEP 440.
"""
import json
import sys

try:
    from packaging.specifiers import SpecifierSet
except ImportError:
    from pip._vendor.packaging.specifiers import SpecifierSet

VERSIONS = ["2.6.9", "2.7.0", "2.7.18", "3.0.0", "3.0.1", "3.3.7", "3.5.0", "3.5.10", "3.6.0", "3.6.15", "3.7.0", "3.7.17", "3.8.0", "3.8.20",
            "3.9.0", "3.9.1", "3.9.2", "3.9.10", "3.9.21", "3.10.0", "3.10.1", "3.11.0", "3.11.2", "3.11.11", "3.12.8", "3.13.0", "3.14.2", "3.15.0", "4.0.0", "4.1.0"]

with open(sys.argv[1], encoding="utf-8") as f:
    ranges = json.load(f)
json.dump({text: list(SpecifierSet(plain).filter(VERSIONS)) for text, plain in ranges.items()}, sys.stdout, indent=1, sort_keys=True)
print()
