#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Dashboards hold to the rules of lint.py, and each rule finds a dashboard that breaks it."""
import copy
import sys
import unittest
from pathlib import Path

import lint
from dashboards import load, panels, variables

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from cases import main  # noqa: E402


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
        "links_to_pages_that_exist": lambda board: board["links"][1].update(url=lint.RUNBOOKS + "nowhere.md"),
        "lies_on_the_grid": move,
    }


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
