#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The rules, the tests that promtool runs on them, their runbooks, and what Grafana gets of them."""
import collections
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/support"))
from cases import lacks, main  # noqa: E402

PROMETHEUS = ROOT / "deploy/prometheus"
RULES = PROMETHEUS / "rules/packetdrop.yml"
RUNBOOKS = PROMETHEUS / "runbooks"
UNIT_TESTS = sorted((PROMETHEUS / "tests").glob("*.yml"))
# Where the Debian package puts them: for an alert that no exporter is left to serve a page for.
RUNBOOK_FILES = "file:///usr/share/packetdrop-exporter/prometheus/runbooks/"
NODE = ("cluster", "job", "instance")
REASONS = ROOT / "exporter/model/drop_reasons.def"


def rules():
    return [each for group in yaml.safe_load(RULES.read_text())["groups"] for each in group["rules"]]


def alerts():
    return [each for each in rules() if "alert" in each]


def promtool(*arguments):
    return subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)


def cases():
    """For each alert what its test cases expect, a list for each case: numbers of alerts in time."""
    found = collections.defaultdict(list)
    for file in UNIT_TESTS:
        for case in yaml.safe_load(file.read_text())["tests"]:
            seen = collections.defaultdict(list)
            for check in case.get("alert_rule_test", []):
                seen[check["alertname"]].append((check["eval_time"], len(check.get("exp_alerts", []))))
            for name, checks in seen.items():
                found[name].append([count for _, count in checks])
    return found


class Prometheus(unittest.TestCase):
    def setUp(self):
        if not shutil.which("promtool"):
            lacks("promtool is missing: apt-get install prometheus")

    def test_rules_are_valid(self):
        done = promtool("check", "rules", "--lint=all", "--lint-fatal", str(RULES))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_alerts_fire_and_resolve_as_their_tests_say(self):
        done = promtool("test", "rules", *map(str, UNIT_TESTS))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class Alerts(unittest.TestCase):
    def test_each_has_a_case_that_fires_one_that_resolves_and_one_that_is_silent(self):
        found = cases()
        for alert in alerts():
            of_it = found[alert["alert"]]
            with self.subTest(alert["alert"]):
                self.assertTrue(any(any(counts) for counts in of_it), "no case in which it fires")
                resolves = any(max(counts[:i]) > count for counts in of_it for i, count in enumerate(counts) if i)
                self.assertTrue(resolves, "no case in which it ends")
                self.assertTrue(any(not any(counts) for counts in of_it), "no case in which it must not fire")

    def test_each_says_how_bad_it_is_and_what_to_do(self):
        for alert in alerts():
            with self.subTest(alert["alert"]):
                self.assertIn(alert["labels"]["severity"], ("info", "warning", "critical"))
                self.assertEqual(set(alert["annotations"]), {"summary", "description", "runbook_url"})
                self.assertIn("for", alert)

    def test_each_has_a_runbook_of_its_name(self):
        for alert in alerts():
            url = alert["annotations"]["runbook_url"]
            served, _, in_package = url.partition("{{ else }}")
            self.assertRegex(served, rf":10942{{{{ end }}}}/runbooks/{alert['alert']}$")
            self.assertIn(in_package, ("", f"{RUNBOOK_FILES}{alert['alert']}.md{{{{ end }}}}"))
            # Without an instance that answers, the page is on another node, or in the package.
            self.assertEqual(bool(in_package), alert["alert"] in ("PacketDropNewReason", "PacketDropExporterDown", "PacketDropTargetGone"))
            page = RUNBOOKS / f"{alert['alert']}.md"
            self.assertTrue(page.exists(), page)
            text = page.read_text()
            for heading in ("## How to look", "## What to do"):
                self.assertIn(heading, text, page)

    def test_no_recording_rule_is_without_use(self):
        dashboards = "".join(file.read_text() for file in (ROOT / "grafana").rglob("*.json"))
        expressions = "".join(str(each["expr"]) + str(each.get("annotations", "")) for each in rules())
        for each in rules():
            if name := each.get("record"):
                self.assertIn(name, expressions + dashboards)

    def test_raw_series_are_read_without_their_source(self):
        for each in rules():
            for found in re.finditer(r"packetdrop_(drops|hook_packets|drop_functions|missed_events)_\w*total", each["expr"]):
                self.assertIn("max by (cluster, job, instance", each["expr"][: found.start()], each)

    def test_queries_of_annotations_ask_for_the_labels_of_their_alert(self):
        """Another cluster, job or node may have series of the same names."""
        asked = 0
        for alert in alerts():
            for text in alert["annotations"].values():
                for query, arguments in re.findall(r"printf `([^`]*)`([^|]*)\|", text):
                    selectors = re.findall(r"[\w:]+\{([^}]*)\}", query)
                    self.assertEqual(query.count("%q"), len(arguments.split()), query)
                    self.assertEqual([each.removeprefix("$labels.") for each in arguments.split()], re.findall(r"(\w+)=%q", query))
                    for selector in selectors:
                        asked += 1
                        # A look for all nodes of a job: for which of them drop most, or answers.
                        of_a_job = alert["alert"] == "PacketDropNewReason" or query.startswith("topk(1, packetdrop_build_info")
                        for label in NODE[: 2 if of_a_job else 3]:
                            self.assertIn(f"{label}=%q", selector, alert["alert"])
                    self.assertTrue(selectors, query)
        self.assertGreater(asked, 10)

    def test_the_oldest_prometheus_is_named_where_users_look(self):
        oldest = "Prometheus 2.42 or newer"
        for page in (RULES, ROOT / "docs/operations.md"):
            self.assertTrue(oldest in page.read_text(), page)

    def test_the_table_of_alerts_has_each_alert_and_its_time(self):
        table = dict(re.findall(r"^\| `(PacketDrop\w+)` \| .* \| (\w+) \|$", (ROOT / "docs/operations.md").read_text(), re.M))
        self.assertEqual(table, {each["alert"]: each["for"] for each in alerts()})


class Runbooks(unittest.TestCase):
    def test_pages_that_are_linked_exist_and_all_are_linked(self):
        linked = set()
        for page in RUNBOOKS.glob("*.md"):
            for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
                if target.startswith("http"):
                    continue
                self.assertTrue((page.parent / target).resolve().exists(), f"{page.name}: {target}")
                linked.add(target)
        self.assertEqual({page.name for page in RUNBOOKS.glob("*.md")} - {"README.md"} - linked, set())

    def test_reasons_are_in_the_page_of_their_class(self):
        classes = dict(re.findall(r"^PD_DROP_REASON\((\w+), +(\w+)", REASONS.read_text(), re.M))
        for page in RUNBOOKS.glob("class-*.md"):
            of = page.stem.removeprefix("class-")
            for row in re.findall(r"^\| (`[A-Z0-9_`, ]+`) \|", page.read_text(), re.M):
                for reason in re.findall(r"`(\w+)`", row):
                    self.assertEqual(classes.get(reason), of, f"{page.name}: {reason}")

    def test_metrics_and_routes_are_those_of_the_exporter(self):
        docs = "".join(page.read_text() for page in (ROOT / "docs").glob("*.md"))
        for page in RUNBOOKS.glob("*.md"):
            for name in re.findall(r"(?<!:)packetdrop_\w+|/api/v1/\w+|/-/\w+", page.read_text()):
                self.assertIn(name, docs, page.name)

    def test_queries_read_raw_series_without_their_source(self):
        for page in RUNBOOKS.glob("*.md"):
            for query in re.findall(r"```promql\n(.*?)```", page.read_text(), re.S):
                self.assertRegex(query.strip(), r"^(max without \(source\)|max by \()")


class Grafana(unittest.TestCase):
    def test_alerts_are_those_of_prometheus(self):
        done = subprocess.run([ROOT / "grafana/alerting-rules", "--check"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        groups = yaml.safe_load((ROOT / "grafana/alerting/packetdrop.yaml").read_text())["groups"]
        theirs = {rule["title"]: rule for group in groups for rule in group["rules"]}
        self.assertEqual(set(theirs), {each["alert"] for each in alerts()})
        for alert in alerts():
            rule = theirs[alert["alert"]]
            self.assertEqual(rule["data"][0]["model"]["expr"].replace("$$", "$"), alert["expr"])
            self.assertEqual((rule["for"], rule.get("keepFiringFor"), rule["labels"]), (alert["for"], alert.get("keep_firing_for"), alert["labels"]))

    def test_no_annotation_asks_for_what_grafana_does_not_have(self):
        for line in (ROOT / "grafana/alerting/packetdrop.yaml").read_text().splitlines():
            self.assertNotRegex(line, r"\| query|\{\{ (range|with)|\$value\b|(?<!\$)\$labels")


if __name__ == "__main__":
    main(globals())
