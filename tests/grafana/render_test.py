#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What tests/grafana/render says and draws, without a browser."""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from dashboards import ROOT, load, queries

sys.path.append(str(ROOT / "tests/support"))
from cases import main  # noqa: E402

NODE = {"job": "packetdrop", "instance": "n1"}


def render(build):
    # No chromium there: pages only.
    return subprocess.run([sys.executable, ROOT / "tests/grafana/render", build], capture_output=True, text=True, check=False, env={**os.environ, "PATH": "/nowhere"})


class Render(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.build = Path(folder.name)

    def test_without_data_it_says_how_to_get_some(self):
        done = render(self.build)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"{self.build}/grafana/fleet.json is missing", done.stderr)
        self.assertIn(f"ctest --test-dir {self.build} -R e2e.Dashboards.each_query", done.stderr)
        self.assertNotIn("Traceback", done.stderr)

    def test_half_written_data_is_named(self):
        (self.build / "grafana").mkdir()
        (self.build / "grafana/fleet.json").write_text("{")
        done = render(self.build)
        self.assertEqual(done.returncode, 1)
        self.assertIn("fleet.json is not what", done.stderr)
        self.assertNotIn("Traceback", done.stderr)

    def test_nothing_is_drawn_where_nothing_was_counted(self):
        (self.build / "grafana").mkdir()
        for name, board in load().items():
            answers = {where: [] for where, _, _ in queries(board)}
            for what in ("packets", "segments", "bits"):
                answers[f"The path now, {what} F"] = [{"metric": {**NODE, "hook": "tcp_v4_rcv"}, "value": [0, "-1"]}]
            (self.build / f"grafana/{name}.json").write_text(json.dumps(answers))
        done = render(self.build)
        self.assertEqual(done.returncode, 0, done.stderr)
        page = (self.build / "grafana/node.html").read_text()
        self.assertEqual(page.count("not attached</div>"), 3)
        self.assertNotIn("-1 p/s", page)
        self.assertRegex(page, r"Received</div><div class=n>not counted")


if __name__ == "__main__":
    main(globals())
