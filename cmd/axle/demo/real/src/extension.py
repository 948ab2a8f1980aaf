"""The sample extension of axle demo --real: uses what it was given."""
import sys

import cryptography
import numpy
import requests
import yaml
from cryptography.fernet import Fernet


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else "axle"
    print("Hello %s, from Python %d.%d" % ((name,) + sys.version_info[:2]))
    print("  requests %s: %s" % (requests.__version__, requests.Request("GET", "http://example.test/?q=1").prepare().path_url))
    print("  PyYAML %s: %s" % (yaml.__version__, yaml.dump({"answer": 42}, Dumper=yaml.CSafeDumper).strip()))
    box = Fernet(Fernet.generate_key())
    print("  cryptography %s: %s" % (cryptography.__version__, box.decrypt(box.encrypt(b"a sealed letter")).decode()))
    print("  numpy %s: the sum of 0 to 99 is %d" % (numpy.__version__, numpy.arange(100).sum()))


if __name__ == "__main__":
    main()
