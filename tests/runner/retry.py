# SPDX-License-Identifier: Apache-2.0
"""Runs cases that failed once more, each alone, and tells noise from faults.

A case that passes then is flaky: it is named, with what its first failure printed, and does not fail the
run, unless there are more such cases than MOST_FLAKY. This is for noise only: each flaky case wants to be
made deterministic."""
import os
import re
from dataclasses import dataclass, field

MOST_FLAKY = 3
# vm.KERNEL.SOURCE.SUITE.CASE, and vm.KERNEL.SOURCE.kernel_log_is_clean, which is of all suites.
GUEST_CASE = re.compile(
    r"vm\.(?:\d+\.\d+|newest|debug)(?:-up)?\.(?P<source>[a-z]+(?:-[a-z]+)?)\."
    r"(?:kernel_log_is_clean|(?P<suite>\w+)\.(?P<case>.+))"
)


@dataclass
class Outcome:
    """What a run came to: cases by name, each with the output of its first failure."""

    passed: int = 0
    skipped: int = 0
    flaky: dict = field(default_factory=dict)
    failed: dict = field(default_factory=dict)

    @property
    def green(self):
        return not self.failed and len(self.flaky) <= MOST_FLAKY


def guest_environment(name):
    """The environment in which a guest is booted for what one case needs of it."""
    environment = dict(os.environ)
    match = GUEST_CASE.fullmatch(name)
    if match:
        environment["PACKETDROP_VM_SOURCE"] = match["source"]
        if match["suite"]:
            environment["PACKETDROP_VM_SUITE"] = f"{match['suite']}_test"
        if match["suite"] and match["case"] != "ends":
            environment["PACKETDROP_VM_CASE"] = match["case"]
    return environment


def retry(suite, failed, not_run):
    """Runs those names of a Suite once more. Returns the states that they have then, by name."""
    states = {}
    # Cases whose fixture failed bring it with them, so it is not run for itself.
    if not_run:
        states.update({each.name: each.state for each in suite.run_many(not_run)})
    for name in failed:
        if name not in states:
            again = {each.name: each.state for each in suite.run_one(name, guest_environment(name))}
            states[name] = again.get(name, "failed")
    return states


def settle(results):
    """Takes (Suite, its Cases) of every part, retries what failed, and returns an Outcome. Where more failed
    than may be flaky, nothing can turn the run green, and nothing is retried."""
    outcome = Outcome()
    failures = sum(case.state == "failed" for _, cases in results for case in cases)
    for suite, cases in results:
        failed = {case.name: case.output for case in cases if case.state == "failed"}
        not_run = {case.name: case.output for case in cases if case.state == "not run"}
        outcome.passed += sum(case.state == "passed" for case in cases)
        outcome.skipped += sum(case.state == "skipped" for case in cases)
        states = {}
        if (failed or not_run) and failures <= MOST_FLAKY:
            states = retry(suite, failed, not_run)
        for name, output in {**failed, **not_run}.items():
            state = states.get(name, "failed")
            if state == "skipped":
                outcome.skipped += 1
            elif state != "passed":
                outcome.failed[name] = output
            else:
                outcome.passed += 1
                if name in failed:
                    outcome.flaky[name] = output
    return outcome
