#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Dashboards hold to the rules of dashboard-linter and of lint.py, which find each a dashboard that breaks them."""
import copy
import json
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

import lint
from dashboards import FOLDER, ROOT, load, panels, variables

sys.path.append(str(ROOT / "tests/support"))
from cases import lacks, main  # noqa: E402


def broken():
    """For each rule something that breaks it, done to a copy of a dashboard."""

    def expr(board, text):
        panels(board)[0]["targets"][0]["expr"] = text

    def move(board):
        board["panels"][2]["gridPos"] = dict(board["panels"][1]["gridPos"])

    return {
        "has_a_uid_a_title_and_a_description": lambda board: board.update(uid=""),
        "has_a_data_source_variable": lambda board: variables(board)["datasource"].update(query="loki"),
        "has_variables_for_job_and_instance": lambda board: variables(board)["job"].update(allValue=None),
        "has_unique_panels": lambda board: panels(board)[0].update(id=panels(board)[1]["id"]),
        "describes_each_panel": lambda board: panels(board)[0].update(description=""),
        "gives_each_panel_a_unit": lambda board: panels(board)[0]["fieldConfig"]["defaults"].update(unit=""),
        "asks_the_chosen_data_source": lambda board: panels(board)[0]["targets"][0].update(datasource={"uid": "mine"}),
        "selects_by_job_and_instance": lambda board: expr(board, 'packetdrop_active{job=~"$job"}'),
        "reads_counters_by_their_rate": lambda board: expr(board, "packetdrop_drops_total"),
        "takes_the_rate_interval": lambda board: expr(board, "rate(packetdrop_drops_total[5m])"),
        "sees_each_packet_once": lambda board: expr(board, "rate(packetdrop_drops_total[$__rate_interval])"),
        "keeps_no_label_of_targets": lambda board: expr(board, 'max without (source) (packetdrop_active{job=~"$job",cluster=~"$cluster",instance=~"$instance"})'),
        "shows_no_row_of_nothing": lambda board: next(each for each in panels(board) if each["type"] == "table")["targets"][0].update(expr='topk(2, instance:packetdrop_lost:rate5m{job=~"$job"})'),
        "links_to_pages_that_exist": lambda board: board["links"][1].update(url=lint.RUNBOOKS + "nowhere"),
        "lies_on_the_grid": move,
    }


def run_linter(dashboard, *arguments):
    """The rules that it breaks, as dashboard-linter prints them; None where it breaks none."""
    if not shutil.which("go"):
        lacks("dashboard-linter is built by go: https://go.dev/dl")
    folder = subprocess.run([ROOT / "tests/tools/build", "dashboard-linter"], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()
    done = subprocess.run([f"{folder}/dashboard-linter", "lint", "--strict", *arguments, dashboard], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout if done.returncode else None


class DashboardLinter(unittest.TestCase):
    def test_is_content(self):
        for name in load():
            self.assertIsNone(run_linter(FOLDER / f"{name}.json"), name)

    def test_finds_what_is_wrong(self):
        board = load()["node"]
        plot = next(panel for panel in panels(board) if panel["type"] == "timeseries")
        plot["fieldConfig"]["defaults"]["unit"] = "furlongs"
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(board, file)
            file.flush()
            found = run_linter(file.name, "--config", str(FOLDER / ".lint"))
        self.assertIn("furlongs", found)

    def test_exclusions_have_a_reason_and_a_panel(self):
        boards = {board["title"]: {panel["title"] for panel in panels(board)} for board in load().values()}
        for rule, excluded in yaml.safe_load((FOLDER / ".lint").read_text())["exclusions"].items():
            self.assertTrue(excluded["reason"] and excluded["entries"], f"{rule} is excluded everywhere, or without a reason")
            for entry in excluded["entries"]:
                self.assertIn(entry.get("panel"), {*boards[entry["dashboard"]], None}, rule)


class Lint(unittest.TestCase):
    def test_dashboards_break_no_rule(self):
        self.assertEqual(set(load()), {"fleet", "node"})
        for name, board in load().items():
            for rule in lint.RULES:
                self.assertEqual(list(rule(board)), [], f"{name}: {rule.__name__}")

    def test_each_rule_finds_what_breaks_it(self):
        self.assertEqual(set(broken()), {rule.__name__ for rule in lint.RULES})
        for rule in lint.RULES:
            board = copy.deepcopy(load()["fleet"])
            broken()[rule.__name__](board)
            self.assertNotEqual(list(rule(board)), [], rule.__name__)


if __name__ == "__main__":
    main(globals())
