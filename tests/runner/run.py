#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every test that this machine can run, and prints how long each part took and what it came to.
Cases that fail are run once more, alone, when all others are done: see retry.py.
usage: run.py"""
import subprocess
import sys
import time
from pathlib import Path

from ctest import Suite
from retry import MOST_FLAKY, settle

ROOT = Path(__file__).resolve().parents[2]
MOST_OUTPUTS = 8  # of failures that are printed once more at the end, where a log that is cut still has them
MOST_LINES = 24  # of each of them


class Run:
    """One run: its parts so far, with how long each took."""

    def __init__(self):
        self.seconds = []
        self.broken = []
        self.results = []

    def part(self, name, work):
        """Does one part, which returns whether it is well, and notes how long it took."""
        print(f"==== {name}", flush=True)
        begin = time.monotonic()
        if not work():
            self.broken.append(name)
        self.seconds.append((name, time.monotonic() - begin))
        return name not in self.broken

    def make(self, *arguments):
        return self.part("make " + " ".join(arguments),
                         lambda: subprocess.run(["make", "--no-print-directory", *arguments], check=False).returncode == 0)  # fmt: skip

    def cases(self, name, build, *selection):
        suite = Suite(ROOT / build)

        def work():
            try:
                self.results.append((suite, suite.run(*selection)))
            except RuntimeError as error:
                print(error, file=sys.stderr)
                return False
            return True

        return self.part(name, work)


def print_outputs(kind, outputs):
    """Prints how each output begins; the same of many, as where a guest died, once."""
    seen = set()
    for name, output in outputs.items():
        begin = "\n".join(output.splitlines()[:MOST_LINES])
        if begin not in seen and len(seen) < MOST_OUTPUTS:
            print(f"\n---- {kind}: {name}\n{begin}")
        seen.add(begin)


def duration(seconds):
    return f"{int(seconds) // 60:3d} min {int(seconds) % 60:02d} s"


def print_end(run, outcome):
    print_outputs("failed", outcome.failed)
    print_outputs("flaky, its first failure", outcome.flaky)
    print()
    for name, seconds in run.seconds:
        print(f"{duration(seconds)}  {name}")
    print(f"{duration(sum(seconds for _, seconds in run.seconds))}  all of it\n")
    for name in run.broken:
        print(f"broken: {name}")
    for name in outcome.failed:
        print(f"failed: {name}")
    for name in outcome.flaky:
        print(f"flaky: {name}")
    if len(outcome.flaky) > MOST_FLAKY:
        print(f"{len(outcome.flaky)} cases are flaky, more than {MOST_FLAKY}")
    total = outcome.passed + len(outcome.failed)
    percent = 100 * outcome.passed // total if total else 0
    print(f"{outcome.skipped} tests skipped")
    print(f"{percent}% tests passed, {len(outcome.failed)} tests failed out of {total}")


def main():
    run = Run()
    run.make("lint")
    # What does not build has no cases to run.
    if run.make("build-tests"):
        run.cases("cases on this machine", "build", "-LE", "^vm$", "-j", "2")
        run.cases("cases in guests", "build", "-L", "^vm$", "-j", "2")
    if run.make("build-asan"):
        run.cases("cases with sanitizers", "build-asan", "-L", "^(unit|contract)$")
    outcome = None

    def again():
        nonlocal outcome
        outcome = settle(run.results)
        return True

    run.part("what failed, once more", again)
    print_end(run, outcome)
    return 0 if outcome.green and outcome.passed and not run.broken else 1


if __name__ == "__main__":
    sys.exit(main())
