#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What tests/lint/tidy remembers of a stub that prints prepared findings and counts its runs."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "support"))
from cases import main  # noqa: E402

STUB = """#!/bin/sh
case $1 in
  --version) cat "$STUB/version" ;;
  --dump-config) cat "$STUB/config" ;;
  *) echo run >>"$STUB/runs" && cat "$STUB/findings" && exit "$(cat "$STUB/code")" ;;
esac
"""


class Tidy(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.stub = Path(folder.name) / "stub"
        self.stub.mkdir()
        (self.stub / "clang-tidy").write_text(STUB)
        (self.stub / "clang-tidy").chmod(0o755)
        for name, text in {"version": "14", "config": "Checks: '*'", "findings": "", "code": "0", "runs": ""}.items():
            (self.stub / name).write_text(text)
        self.tree = self.make_tree(Path(folder.name) / "tree")

    @staticmethod
    def make_tree(tree):
        (tree / "tests/lint").mkdir(parents=True)
        shutil.copy(HERE / "tidy", tree / "tests/lint/tidy")
        (tree / "include dir").mkdir()
        (tree / "include dir/a.h").write_text("int a();\n")
        (tree / "a.cpp").write_text('#include "a.h"\nint a() { return 1; }\n')
        return tree

    def tidy(self, *flags, tree=None):
        """Its exit code, what it printed, and whether clang-tidy ran for that."""
        tree = tree or self.tree
        before = (self.stub / "runs").read_text()
        environment = {**os.environ, "STUB": str(self.stub), "XDG_CACHE_HOME": str(self.stub / "cache")}
        done = subprocess.run([tree / "tests/lint/tidy", self.stub / "clang-tidy", "--quiet", tree / "a.cpp", "--", "/usr/bin/c++", "-I",
                               tree / "include dir", *flags, "-MD", "-MF", "a.d", "-MT", "a.o", "-o", "a.o", "-c", tree / "a.cpp"],
                              env=environment, cwd=tree, stdout=subprocess.PIPE, text=True, check=False)  # fmt: skip
        return done.returncode, done.stdout, (self.stub / "runs").read_text() != before

    def test_what_is_clean_is_remembered_in_any_folder(self):
        self.assertEqual(self.tidy(), (0, "", True))
        self.assertEqual(self.tidy(), (0, "", False))
        self.assertEqual(self.tidy(tree=self.make_tree(self.stub / "other tree")), (0, "", False))

    def test_whatever_changes_is_looked_at_again(self):
        self.tidy()
        for file, text in {
            self.tree / "include dir/a.h": "int a();  // NOLINT\n",
            self.tree / "a.cpp": '#include "a.h"\nint a() { return 2; }\n',
            self.stub / "version": "15",
            self.stub / "config": "Checks: 'bugprone-*'",
        }.items():
            with self.subTest(file.name):
                file.write_text(text)
                self.assertEqual(self.tidy(), (0, "", True))
                self.assertEqual(self.tidy(), (0, "", False))
        self.assertEqual(self.tidy("-DMORE"), (0, "", True))

    def test_what_it_finds_is_never_remembered(self):
        for code, findings in (("1", "a.cpp: error\n"), ("0", "a.cpp: warning\n"), ("1", "")):
            with self.subTest(code=code, findings=findings):
                (self.stub / "code").write_text(code)
                (self.stub / "findings").write_text(findings)
                for _ in range(2):
                    self.assertEqual(self.tidy(), (int(code), findings, True))

    def test_a_header_that_is_missing_is_an_error(self):
        self.tidy()
        (self.tree / "include dir/a.h").unlink()
        code, _, ran = self.tidy()
        self.assertEqual((code != 0, ran), (True, False))


if __name__ == "__main__":
    main(globals())
