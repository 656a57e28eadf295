#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What becomes of cases that fail: in a build folder with cases that fail as often as each is set to."""
import contextlib
import io
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE))
sys.path.append(str(HERE.parent / "support"))
import run as runner  # noqa: E402
from cases import main  # noqa: E402
from ctest import Suite  # noqa: E402
from retry import MOST_FLAKY, guest_environment, settle  # noqa: E402

# FAILURES NAME: fails that many times, then passes. The file NAME has how often it ran.
STUB = """#!/bin/sh
runs=$(($(cat "$2" 2>/dev/null || echo 0) + 1))
echo "$runs" >"$2"
echo "run $runs of $2"
[ "$runs" -gt "$1" ]
"""


class Retry(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.build = Path(folder.name)
        (self.build / "stub").write_text(STUB)
        (self.build / "stub").chmod(0o755)
        self.lines = []

    def case(self, name, failures, properties=""):
        self.lines.append(f'add_test([=[{name}]=] "{self.build}/stub" "{failures}" "{self.build}/{name}")')
        if properties:
            self.lines.append(f"set_tests_properties([=[{name}]=] PROPERTIES {properties})")

    def settle(self):
        (self.build / "CTestTestfile.cmake").write_text("\n".join(self.lines))
        suite = Suite(self.build)
        with contextlib.redirect_stdout(sys.stderr):
            return settle([(suite, suite.run())])

    def runs(self, name):
        return int((self.build / name).read_text())

    def test_a_case_that_passes_then_is_flaky_and_the_run_is_green(self):
        self.case("steady", 0)
        self.case("noisy", 1)
        verdict = self.settle()
        self.assertTrue(verdict.green)
        self.assertEqual(list(verdict.flaky), ["noisy"])
        self.assertIn("run 1 of", verdict.flaky["noisy"])
        self.assertEqual((verdict.passed, verdict.failed), (2, {}))
        self.assertEqual((self.runs("steady"), self.runs("noisy")), (1, 2))

    def test_a_case_that_fails_twice_is_red(self):
        self.case("steady", 0)
        self.case("broken", 9)
        verdict = self.settle()
        self.assertFalse(verdict.green)
        self.assertEqual(list(verdict.failed), ["broken"])
        self.assertEqual(self.runs("broken"), 2)

    def test_as_many_as_may_be_flaky_are_green(self):
        for number in range(MOST_FLAKY):
            self.case(f"noisy{number}", 1)
        verdict = self.settle()
        self.assertTrue(verdict.green)
        self.assertEqual(len(verdict.flaky), MOST_FLAKY)

    def test_more_than_may_be_flaky_are_red_and_not_run_again(self):
        for number in range(MOST_FLAKY + 1):
            self.case(f"noisy{number}", 1)
        self.assertFalse(self.settle().green)
        self.assertEqual(self.runs("noisy0"), 1)

    def test_cases_of_a_fixture_that_failed_once_run_with_it(self):
        self.case("setup", 1, "FIXTURES_SETUP it")
        self.case("cleanup", 0, "FIXTURES_CLEANUP it")
        for number in range(MOST_FLAKY + 2):
            self.case(f"user+{number}", 0, "FIXTURES_REQUIRED it")
        verdict = self.settle()
        self.assertTrue(verdict.green)
        self.assertEqual(list(verdict.flaky), ["setup"])
        self.assertEqual(verdict.passed, MOST_FLAKY + 4)
        self.assertEqual((self.runs("setup"), self.runs("user+0"), self.runs("cleanup")), (2, 1, 2))

    def test_cases_of_a_fixture_that_fails_are_red(self):
        self.case("setup", 9, "FIXTURES_SETUP it")
        self.case("user", 0, "FIXTURES_REQUIRED it")
        self.assertEqual(sorted(self.settle().failed), ["setup", "user"])

    def test_a_skip_is_none_of_both(self):
        self.lines.append("add_test(skips /bin/sh -c [=[exit 77]=])\n"
                          "set_tests_properties(skips PROPERTIES SKIP_RETURN_CODE 77)\n"
                          "add_test(says_so /bin/sh -c [=[echo Skipped]=])\n"
                          "set_tests_properties(says_so PROPERTIES SKIP_REGULAR_EXPRESSION Skipped)")  # fmt: skip
        self.case("steady", 0)
        verdict = self.settle()
        self.assertTrue(verdict.green)
        self.assertEqual((verdict.passed, verdict.skipped), (1, 2))


class Guests(unittest.TestCase):
    def narrowed(self, name):
        environment = guest_environment(name)
        return tuple(environment.get(f"PACKETDROP_VM_{what}") for what in ("SOURCE", "SUITE", "CASE"))

    def test_a_guest_is_booted_for_the_one_case(self):
        self.assertEqual(self.narrowed("vm.6.1.bpf-auto.exactness.On/Exact.counts_ipv6/bpf"),
                         ("bpf-auto", "exactness_test", "On/Exact.counts_ipv6/bpf"))  # fmt: skip
        self.assertEqual(self.narrowed("vm.newest-up.kmod.resilience.ends"), ("kmod", "resilience_test", None))
        self.assertEqual(self.narrowed("vm.debug.kmod.kernel_log_is_clean"), ("kmod", None, None))

    def test_other_cases_narrow_nothing(self):
        for name in ("vm.6.12.boot", "vm.6.1.module_installs_by_dkms", "unit.Accept.prefers_openmetrics"):
            self.assertEqual(self.narrowed(name), (None, None, None))


class End(unittest.TestCase):
    def end(self, parts, cases):
        run = runner.Run()
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            for name, well in parts:
                run.part(name, lambda well=well: well)
            runner.print_end(run, cases)
        return out.getvalue().splitlines()

    def test_names_broken_parts_flaky_and_failed_cases_and_closes_in_the_words_of_ctest(self):
        verdict = runner.settle([])
        verdict.passed, verdict.skipped = 8, 1
        verdict.flaky = {"noisy": "it rained"}
        verdict.failed = {"broken": "it fell", "alike": "it fell"}
        lines = self.end([("lint", False), ("build", True)], verdict)
        for line in ("broken: lint", "flaky: noisy", "failed: broken", "failed: alike", "it rained"):
            self.assertIn(line, lines)
        self.assertEqual(lines.count("it fell"), 1)
        self.assertTrue(any(line.endswith("  build") for line in lines))
        self.assertEqual(lines[-1], "80% tests passed, 2 tests failed out of 10")


class Guard(unittest.TestCase):
    """tests/vm/guard, which ends a guest that hangs."""

    def guard(self, seconds, quiet, command):
        with tempfile.TemporaryDirectory() as folder:
            said = Path(folder) / "said"
            done = subprocess.run([HERE.parent / "vm/guard", str(seconds), str(quiet), said, "--", "/bin/sh", "-c", command],
                                  env={"SAID": str(said), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False)  # fmt: skip
            return done.returncode, done.stderr

    def test_passes_on_how_a_command_ends(self):
        self.assertEqual(self.guard(20, 20, "exit 3"), (3, ""))

    def test_ends_one_that_says_nothing_more(self):
        code, error = self.guard(20, 1, 'echo one >"$SAID"; exec sleep 15')
        self.assertEqual(code, 124)
        self.assertIn("nothing was printed for 1 s", error)

    def test_ends_one_that_takes_too_long_though_it_says_something(self):
        code, error = self.guard(2, 20, 'while sleep 0.1; do echo more >>"$SAID"; done')
        self.assertEqual(code, 124)
        self.assertIn("did not end within 2 s", error)


class ModuleKey(unittest.TestCase):
    """tests/vm/module-key, by which modules that were built are found again."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = Path(folder.name)
        self.write("cc", "#!/bin/sh\necho 12")
        (self.tree / "cc").chmod(0o755)
        self.write("kernel/version", "6.1")
        self.write("kernel/vmlinuz", "image")
        self.write("kmod/hooks.c", "int a;")

    def write(self, name, text):
        (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
        (self.tree / name).write_text(text)

    def key(self, tree=None):
        tree = tree or self.tree
        command = [HERE.parent / "vm/module-key", tree / "kernel", tree / "cc", tree / "kmod"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def test_is_of_all_that_is_built_from_and_of_no_folder(self):
        first = self.key()
        self.assertEqual(self.key(shutil.copytree(self.tree, self.tree / "other")), first)
        keys = [first]
        for name, text in (("kernel/version", "6.12"), ("kernel/vmlinuz", "other"), ("cc", "#!/bin/sh\necho 13"),
                           ("kmod/hooks.c", "int b;"), ("kmod/uapi/more.h", "int a;")):  # fmt: skip
            self.write(name, text)
            keys.append(self.key())
        self.assertEqual(len(set(keys)), len(keys), keys)

    def test_without_a_compiler_there_is_none(self):
        (self.tree / "cc").unlink()
        with self.assertRaises(subprocess.CalledProcessError):
            self.key()


if __name__ == "__main__":
    main(globals())
