# SPDX-License-Identifier: Apache-2.0
"""For tests in Python: each method test_NAME of a class is a CTest case, see packetdrop_python_test."""
import os
import sys
import unittest

SKIPPED = 77  # what CTest takes for a skip


def lacks(what):
    """Skips for what this machine does not have, and how to get it. Where CI runs, nothing may be lacking."""
    if os.environ.get("CI") == "true":
        raise AssertionError(what)
    print(f"skipped: {what}")
    sys.exit(SKIPPED)


def main(classes):
    """Runs the one case that the command line names, "CLASS.NAME"."""
    name, case = sys.argv[1].split(".")
    suite = unittest.TestSuite([classes[name](f"test_{case}")])
    sys.exit(not unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful())
