"""Asks the pip of this interpreter what it reads in the cases of cases.json.

usage: python ask_pip.py cases.json > answers.json

Each case is read in a folder of its own, as "pip install -r requirements.txt"
in that folder would read it. The folder is written as $DIR in the answers.
"""
import json
import logging
import os
import sys
import tempfile

from pip import __version__
from pip._internal.cli import cmdoptions
from pip._internal.index.collector import LinkCollector
from pip._internal.index.package_finder import PackageFinder
from pip._internal.models.format_control import FormatControl
from pip._internal.models.release_control import ReleaseControl
from pip._internal.models.search_scope import SearchScope
from pip._internal.models.selection_prefs import SelectionPreferences
from pip._internal.network.session import PipSession
from pip._internal.req.constructors import install_req_from_parsed_requirement
from pip._internal.req.req_file import parse_requirements
from pip._vendor.packaging.utils import canonicalize_name

logging.disable(logging.CRITICAL)


class Options:
    """What the command line would carry; requirements files add to it."""

    def __init__(self):
        self.require_hashes = False
        self.no_require_hashes = False
        self.features_enabled = []


def ask(case):
    session = PipSession()
    finder = PackageFinder.create(
        link_collector=LinkCollector(session, SearchScope([], ["$INDEX"], False)),
        selection_prefs=SelectionPreferences(
            allow_yanked=False,
            format_control=FormatControl(set(), set()),
            release_control=ReleaseControl(),
        ),
    )
    options = Options()
    items = []
    for parsed in parse_requirements("requirements.txt", session, finder, options):
        if parsed.is_editable:
            raise ValueError("editable")
        req = install_req_from_parsed_requirement(parsed, user_supplied=True)
        hashes = {k: sorted(d.lower() for d in v) for k, v in req.hash_options.items()}
        if req.original_link and req.original_link.hash_name:
            hashes.setdefault(req.original_link.hash_name, []).append(req.original_link.hash)
        items.append({
            "name": canonicalize_name(req.name) if req.name else None,
            "specifier": str(req.req.specifier) if req.req else "",
            "extras": sorted(canonicalize_name(e) for e in req.extras),
            "marker": str(req.markers) if req.markers else "",
            "link": req.original_link.url if req.original_link else "",
            "hashes": hashes,
            "constraint": req.constraint,
            "file": parsed.comes_from.split(" ", 1)[1].rsplit(" (line", 1)[0],
            "line": int(parsed.comes_from.rsplit(" ", 1)[1].rstrip(")")),
        })
    scope = finder.search_scope
    return {
        "items": items,
        "index_urls": scope.index_urls,
        "find_links": scope.find_links,
        "no_index": scope.no_index,
        "only_binary": sorted(finder.format_control.only_binary),
        "no_binary": sorted(finder.format_control.no_binary),
        "all_releases": sorted(finder.release_control.all_releases),
        "only_final": sorted(finder.release_control.only_final),
        "prefer_binary": bool(finder._candidate_prefs.prefer_binary),
        "require_hashes": options.require_hashes,
        "no_require_hashes": options.no_require_hashes,
        "trusted_hosts": [h for h, _ in session.pip_trusted_origins],
    }


def prepare(folder, case):
    for name, content in case["files"].items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(bytes.fromhex(content["hex"]) if isinstance(content, dict) else content.encode("utf-8"))


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        cases = json.load(f)
    answers = {}
    start = os.getcwd()
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            folder = os.path.realpath(folder)
            prepare(folder, case)
            os.chdir(folder)
            env = dict(os.environ)
            os.environ.update({"HOME": folder})
            os.environ.update(case.get("env", {}))
            try:
                answer = ask(case)
            except Exception as e:  # whatever pip raises is its "no"
                answer = {"error": "%s: %s" % (type(e).__name__, str(e).split("\n")[0])}
            finally:
                os.environ.clear()
                os.environ.update(env)
                os.chdir(start)
            text = json.dumps(answer).replace(folder, "$DIR")
            answers[case["name"]] = json.loads(text)
    json.dump({"pip": __version__, "answers": answers}, sys.stdout, indent=1, sort_keys=True)
    print()


main()
