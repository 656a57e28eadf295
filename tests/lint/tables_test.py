#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What is written by hand beside a table of the sources names the same things as the table."""
import re
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.append(str(HERE.parent / "support"))
from cases import main  # noqa: E402

# Classes that a query names: class="…", with =, !=, =~ or !~, and with its quotes escaped in JSON and YAML.
CLASS_MATCHER = re.compile(r'\bclass(?:=~|!~|!=|=)\\?"([^"\\]*)\\?"')
# What alerts and dashboards call lost: each class but what is normal and what a rule asked for.
NO_LOSS = {"benign", "policy"}
# In C++ a name without quotes or $ is a macro of CMake's.
VARIABLE = re.compile(r"\bPACKETDROP_[A-Z_]*[A-Z]\b")
VARIABLE_IN_CPP = re.compile(r'(?<=["$])PACKETDROP_[A-Z_]*[A-Z]\b')


def hooks():
    """{label: what the module attaches to} of the probe table's rows that feed HOOK."""
    table = (ROOT / "kmod/uapi/packetdrop_probes.def").read_text()
    found = {}
    rows = re.findall(r"^PD_PROBE\(\w+,\s+(\w+),\s+HOOK,\s+\w+,\s+(\w+),[^\n]*\n\s+(PD_FUNCTIONS\([^)]*\)|\w+),", table, re.M)
    for label, kind, at in rows:
        if kind == "FUNCTION":
            found[label] = " or ".join(f"{name}()" for name in re.findall(r'"(\w+)"', at))
        else:
            found[label] = f"tracepoint {at}"
    return found


def classes():
    """The labels of the classes of drops."""
    return set(re.findall(r'\{DropClass::\w+, "(\w+)"', (ROOT / "exporter/model/drop_reason.cpp").read_text()))


def class_matchers():
    """[(file, the value of a matcher)] of rules and dashboards."""
    files = [*ROOT.glob("deploy/prometheus/rules/*.yml"), *ROOT.glob("grafana/**/*.json"), *ROOT.glob("grafana/**/*.yaml")]
    return [(str(file.relative_to(ROOT)), value) for file in files for value in CLASS_MATCHER.findall(file.read_text())]


def variables():
    """The environment variables that tests read or set. Those of CMake are in CMakeLists.txt only."""
    left_out = ("CMakeLists.txt", "README.md", Path(__file__).name)
    found = set()
    for file in (ROOT / "tests").rglob("*"):
        if file.is_file() and file.name not in left_out and file.suffix != ".pyc":
            pattern = VARIABLE_IN_CPP if file.suffix in (".cpp", ".h") else VARIABLE
            found.update(pattern.findall(file.read_text(errors="replace")))
    return found


class Variables(unittest.TestCase):
    def test_are_those_that_the_page_of_the_tests_lists(self):
        listed = re.findall(r"^\| `(PACKETDROP_\w+)` \|", (ROOT / "tests/README.md").read_text(), re.M)
        self.assertEqual(set(listed), variables())
        self.assertEqual(len(listed), len(set(listed)))


class Folders(unittest.TestCase):
    def test_are_those_that_the_page_of_the_tests_names(self):
        text = (ROOT / "tests/README.md").read_text()
        for folder in (file.parent.name for file in ROOT.glob("tests/*/*") if not file.name.startswith("__")):
            self.assertIn(f"`{folder}`", text)


class ManPage(unittest.TestCase):
    def test_hooks_are_those_of_the_probe_table(self):
        page = (ROOT / "kmod/drop-packet.5").read_text()
        table = re.search(r"\\fIlabel\\fR\t\\fIattached to\\fR\n(.*?)\n\.TE$", page, re.M | re.S)[1]
        self.assertEqual(dict(line.split("\t") for line in table.splitlines()), hooks())
        self.assertGreaterEqual(len(hooks()), 6)


class DropClasses(unittest.TestCase):
    def test_queries_name_no_class_that_is_not_there(self):
        matchers = [each for each in class_matchers() if "$" not in each[1]]
        self.assertGreater(len(matchers), 15)
        for file, value in matchers:
            self.assertLessEqual(set(value.split("|")), classes(), file)

    def test_queries_for_lost_packets_name_each_class_that_is_a_loss(self):
        lists = [(file, value) for file, value in class_matchers() if "|" in value]
        self.assertGreater(len(lists), 5)
        for file, value in lists:
            self.assertEqual(set(value.split("|")), classes() - NO_LOSS, file)

    def test_each_has_a_runbook(self):
        pages = {page.stem.removeprefix("class-") for page in ROOT.glob("deploy/prometheus/runbooks/class-*.md")}
        self.assertEqual(pages, classes())


if __name__ == "__main__":
    main(globals())
