# SPDX-License-Identifier: Apache-2.0
"""Runs cases by CTest and reads back how each went."""
import json
import re
import subprocess
import tempfile
import xml.etree.ElementTree as xml
from dataclasses import dataclass
from pathlib import Path

# How CTest's report begins the reason of a case that skipped itself, by its exit code or by what it
# printed: "SKIP_RETURN_CODE=77", "SKIP_REGULAR_EXPRESSION_MATCHED".
SKIPPED = "SKIP_"


@dataclass
class Case:
    """One CTest case as it went: state is "passed", "failed", "skipped" or "not run" (its fixture failed)."""

    name: str
    state: str
    seconds: float
    output: str


def parse(report):
    """The cases of a report of `ctest --output-junit`."""
    cases = []
    for each in xml.fromstring(report).iter("testcase"):
        skipped = each.find("skipped")
        if each.get("status") == "run":
            state = "passed"
        elif skipped is None:
            state = "failed"
        else:
            state = "skipped" if skipped.get("message", "").startswith(SKIPPED) else "not run"
        cases.append(Case(each.get("name"), state, float(each.get("time", 0)), each.findtext("system-out") or ""))
    return cases


class Suite:
    """The cases of one build folder."""

    def __init__(self, build):
        self.build = Path(build)

    def run(self, *arguments, environment=None):
        """Runs the selected cases, their output going to ours. Raises RuntimeError if there is no report."""
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.xml"
            subprocess.run(
                ["ctest", "--test-dir", self.build, "--output-on-failure", "--no-tests=error", "--output-junit", report,
                 *arguments], env=environment, check=False)  # fmt: skip
            if not report.exists():
                raise RuntimeError(f"ctest {' '.join(arguments)} in {self.build} left no report")
            return parse(report.read_text(encoding="utf-8"))

    def run_one(self, name, environment=None):
        """Runs one case, with the fixtures that it needs."""
        return self.run("-R", f"^{re.escape(name)}$", environment=environment)

    def run_many(self, names):
        """Runs those cases, with the fixtures that they need. By number: so many names make no regex."""
        tests = self.listed()
        wanted = with_fixtures(tests, set(names))
        numbers = [str(number) for number, test in enumerate(tests, 1) if test["name"] in wanted]
        with tempfile.NamedTemporaryFile("w") as selection:
            # Without a line's end the last number is not read.
            selection.write(",".join(["0", "0", "0", *numbers]) + "\n")
            selection.flush()
            return self.run("-I", selection.name)

    def listed(self):
        """All cases in CTest's order, as its JSON describes them."""
        command = ["ctest", "--test-dir", self.build, "--show-only=json-v1"]
        return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["tests"]


def fixtures(test, role):
    """The fixtures that a case requires, sets up or cleans up: role is REQUIRED, SETUP or CLEANUP."""
    return {name for each in test.get("properties", []) if each["name"] == f"FIXTURES_{role}" for name in each["value"]}


def with_fixtures(tests, names):
    """Those names, and the names of the cases that set up or clean up a fixture that one of them requires.
    CTest does this for a selection by name, and not for one by number."""
    while True:
        required = {name for test in tests if test["name"] in names for name in fixtures(test, "REQUIRED")}
        wider = names | {test["name"] for test in tests if required & (fixtures(test, "SETUP") | fixtures(test, "CLEANUP"))}
        if wider == names:
            return names
        names = wider
