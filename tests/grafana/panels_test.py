#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the queries of panels answer, asked of promtool with series that are made up."""
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

from dashboards import ROOT, load, panels, queries, substitute

sys.path.append(str(ROOT / "tests/support"))
from cases import lacks, main  # noqa: E402

RULES = ROOT / "deploy/prometheus/rules/packetdrop.yml"
CHOSEN = {"datasource": "prometheus", "job": ".+", "cluster": ".*", "instance": "n1", "source": ".+", "node_exporter": "n1:9100", "exporter": "n1", "host": "n1"}
NODE = 'job="packetdrop", instance="n1"'


def series(text, values):
    """`NAME{LABELS}` of node n1."""
    name, _, labels = text.partition("{")
    return {"series": f"{name}{{{labels.rstrip('}') + ', ' if labels else ''}{NODE}}}", "values": values}


def query(board, panel, ref="A", span="1h"):
    found = {where: expression for where, expression, _ in queries(load()[board])}[f"{panel} {ref}"]
    return substitute(found, CHOSEN, rate="5m", span=span)


def expect(expression, at, *samples):
    return {"expr": expression, "eval_time": at, "exp_samples": [{"value": value, "labels": labels} for value, labels in samples]}


class Panels(unittest.TestCase):
    def setUp(self):
        if not shutil.which("promtool"):
            lacks("promtool is missing: apt-get install prometheus")

    def answers(self, inputs, *expected, every="1m", rules_every="1m"):
        test = {"interval": every, "input_series": inputs, "promql_expr_test": list(expected)}
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(RULES, f"{folder}/rules.yml")
            with open(f"{folder}/test.yml", "w", encoding="utf-8") as file:
                # Else promtool takes the groups in any order, and some then see what others recorded one evaluation before.
                order = [group["name"] for group in yaml.safe_load(RULES.read_text())["groups"]]
                yaml.safe_dump({"rule_files": ["rules.yml"], "evaluation_interval": rules_every, "group_eval_order": order, "tests": [test]}, file)
            done = subprocess.run(["promtool", "test", "rules", f"{folder}/test.yml"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_switch_is_marked_also_where_scrapes_are_a_minute_apart(self):
        active = series('packetdrop_active{source="bpf", pod="a"}', "1x10 0x20 1x20")
        checks = []
        for name, board in load().items():
            expression = next(each for where, each, _ in queries(board) if where == "annotation Activated, deactivated")
            asked = substitute(expression, CHOSEN)
            # Off in minute 11, on again in minute 32; and a mark has an end.
            for at, marked in (("9m", 0), ("12m", 1), ("13m", 1), ("25m", 0), ("33m", 1), ("45m", 0)):
                checks.append(expect(f"count({asked}) or vector(0)", at, (marked, "{}")))
            self.assertEqual(len(checks) % 6, 0, name)
        self.answers([active], *checks)

    def test_a_rollout_shows_no_node_twice(self):
        inputs = []
        for pod, values in (("a", "{}x30"), ("b", "_x31 {}x30")):
            for text, start in (
                ('packetdrop_active{source="bpf"', "1"), ('packetdrop_drops_attached{source="bpf"', "1"), ('packetdrop_build_info{version="1"', "1"),
                ('packetdrop_hook_attached{source="bpf", hook="net_dev_xmit"', "1"), ('packetdrop_hook_attached{source="bpf", hook="tcp_v4_rcv"', "0"),
                ('packetdrop_hook_info{source="bpf", hook="net_dev_xmit", mechanism="fentry", target="t", exact="true"', "1"),
                ('packetdrop_drops_by_class_total{source="bpf", class="error", layer="ip"', "0+600"), ('packetdrop_preflight_ok{check="btf"', "0"),
                ('packetdrop_drops_total{source="bpf", class="error", layer="ip", reason="X", family="ipv4", protocol="udp"', "0+600"),
                ('packetdrop_drop_functions_total{source="bpf", reason="X", function="f"', "0+600"), ('process_start_time_seconds{up="1"', "9"),
                *((f'packetdrop_hook_{unit}_total{{source="bpf", hook="net_dev_xmit", direction="transmit", family="ipv4", protocol="udp"', "0+600") for unit in ("packets", "segments", "bytes")),
                ('packetdrop_missed_events_total{source="bpf", cause="kprobe"', "0+600"), ('packetdrop_transmit_not_ok_total{source="bpf", result="busy"', "0+600"),
            ):  # fmt: skip
                inputs.append(series(f'{text}, pod="{pod}"}}', values.format(start)))
        asked = [substitute(expression, CHOSEN, rate="5m", span="1h") for board in load().values() for _, expression, _ in queries(board)]
        self.assertGreater(len(asked), 50)
        self.answers(inputs, *(expect(f"group by (pod) ({each}) or vector(1)", "34m", (1, "{}")) for each in asked))

    def test_a_hook_that_is_not_attached_is_shown_as_that_and_not_as_0(self):
        labels = 'source="bpf", hook="tcp_v4_rcv"'
        inputs = [series(f"packetdrop_hook_attached{{{labels}}}", "0x20 1x20"), series('packetdrop_active{source="bpf"}', "1x40")]
        inputs += [series(f'packetdrop_hook_{unit}_total{{{labels}, direction="receive", family="ipv4", protocol="tcp"}}', "0x40") for unit in ("packets", "segments", "bytes")]
        inputs += [series('packetdrop_hook_attached{source="bpf", hook="netif_receive_skb_core"}', "0x40")]
        inputs += [series('packetdrop_hook_packets_total{source="bpf", hook="netif_receive_skb_core", direction="receive", family="ipv4", protocol="tcp"}', "0x40")]
        shown = f'{{hook="tcp_v4_rcv", {NODE}}}'
        checks = [expect(query("node", "Received"), "15m"), expect(query("node", "Packets by stage"), "15m")]
        for what in ("packets", "segments", "bits"):
            checks += [expect(query("node", f"The path now, {what}", "F"), at, (value, shown)) for at, value in (("15m", -1), ("39m", 0))]
        self.answers(inputs, *checks)
        for panel in panels(load()["node"]):
            if panel["title"].startswith("The path now"):
                self.assertEqual(panel["fieldConfig"]["defaults"]["mappings"][0]["options"]["-1"]["text"], "not attached")

    def test_drops_that_are_not_counted_are_shown_as_that_and_not_as_0(self):
        inputs = [series('packetdrop_active{source="bpf"}', "1x40"), series('packetdrop_drops_attached{source="bpf"}', "0x40")]
        inputs += [series('packetdrop_drops_by_class_total{source="bpf", class="error", layer="ip"}', "0x40")]
        node = f"{{{NODE}}}"
        self.answers(inputs, expect(query("node", "Lost"), "30m"), expect(query("node", "By class"), "30m"), expect(query("node", "Counting", "B"), "30m", (0, node)),
                     expect(query("node", "Not attached"), "30m", (0, f'{{hook="drops", {NODE}}}')), expect(query("fleet", "Nodes without drops"), "30m", (1, "{}")))  # fmt: skip

    def test_tables_list_no_row_of_0(self):
        inputs = [series('packetdrop_active{source="bpf"}', "1x1600"), series('packetdrop_drops_by_class_total{source="bpf", class="error", layer="ip"}', "7x1600")]
        inputs += [series('packetdrop_drops_total{source="bpf", class="error", layer="ip", reason="X", family="ipv4", protocol="udp"}', "7x1600")]
        tables = [(name, panel["title"]) for name, board in load().items() for panel in panels(board) if panel["type"] == "table"]
        self.assertGreater(len(tables), 5)
        self.answers(inputs, *(expect(query(name, title), "1550m") for name, title in tables), rules_every="10m")

    def test_a_first_burst_is_in_the_table_of_reasons(self):
        reason = 'source="bpf", class="error", layer="ip", reason="X", family="ipv4", protocol="udp"'
        row = f'{{class="error", family="ipv4", layer="ip", protocol="udp", reason="X", {NODE}}}'
        active = series('packetdrop_active{source="bpf"}', "1x100")
        burst = series(f"packetdrop_drops_total{{{reason}}}", "_x30 5000x70")
        self.answers([active, burst], expect(query("node", "Every reason", span="30m"), "45m", (5000, row)), expect(query("node", "Every reason", span="5m"), "45m"))
        # What was there before Prometheus began is of an unknown time.
        late = [series('packetdrop_active{source="bpf"}', "_x30 1x70"), series(f"packetdrop_drops_total{{{reason}}}", "_x30 5000x70")]
        self.answers(late, expect(query("node", "Every reason", span="30m"), "45m"))

    def test_reasons_are_not_compared_with_a_day_on_which_nothing_was_counted(self):
        reason = 'source="bpf", class="error", layer="ip", reason="X", family="ipv4", protocol="udp"'
        shown = query("fleet", "Reasons against yesterday")
        drops = series(f"packetdrop_drops_total{{{reason}}}", "0x300 0+600x1500")
        self.answers([drops, series('packetdrop_active{source="bpf"}', "0x300 1x1500")], expect(shown, "1700m"), rules_every="20m")
        self.answers([drops, series('packetdrop_active{source="bpf"}', "1x1800")], expect(shown, "1700m", (10, '{class="error", reason="X"}')), rules_every="20m")


if __name__ == "__main__":
    main(globals())
