# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus over the real exporter, for tests. Rule times are a sixtieth of the shipped ones:
minutes are seconds, hours are minutes; an alert waits a third of that for an hour."""
import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/support"))
from cases import lacks  # noqa: E402
from exporter_process import EXPORTER  # noqa: E402

RULES = ROOT / "deploy/prometheus/rules/packetdrop.yml"
TIMEOUT = 60  # seconds, of a busy machine


def scaled(text):
    """The rules with each duration, and nothing else, divided by 60."""
    smaller = {"d": lambda n: f"{24 * n}m", "h": lambda n: f"{n}m", "m": lambda n: f"{n}s"}

    def duration(found):
        if found["before"] == "for: " and found["time"] == "1h":
            return "for: 20s"
        parts = re.findall(r"(\d+)([dhm])", found["time"])
        return found["before"] + "".join(smaller[unit](int(count)) for count, unit in parts)

    return re.sub(r"(?P<before>\[|offset |for: )(?P<time>(\d+[dhm])+)", duration, text)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Monitored(unittest.TestCase):
    """The exporter, and a Prometheus that scrapes it every second with the rules that are shipped."""

    programs = ("prometheus",)

    def setUp(self):
        for program in self.programs:
            if not shutil.which(program):
                lacks(f"{program} is missing: apt-get install {program}")
        if os.geteuid() != 0:
            lacks("drops are counted by root")
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.exporter_port = free_port()
        self.exporter = self.start_exporter()
        self.start_prometheus(self.alertmanagers())

    def alertmanagers(self):
        """Addresses of Alertmanagers, each "HOST:PORT"."""
        return []

    def neighbours(self):
        """What else is scraped: job → "HOST:PORT"."""
        return {}

    def start(self, *command):
        log = open(self.folder / f"{Path(command[0]).name}.log", "ab")
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)
        self.stack.callback(log.close)
        self.stack.callback(process.wait)
        self.stack.callback(process.kill)
        return process

    def start_exporter(self):
        process = self.start(EXPORTER, f"--web.listen-address=127.0.0.1:{self.exporter_port}")
        self.until(lambda: self.answers(f"http://127.0.0.1:{self.exporter_port}/-/ready"), "the exporter does not count")
        return process

    def start_prometheus(self, alertmanagers):
        self.prometheus = free_port()
        (self.folder / "rules.yml").write_text(scaled(RULES.read_text()))
        (self.folder / "prometheus.yml").write_text(f"""
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
rule_files: [rules.yml]
alerting: {{alertmanagers: [{{static_configs: [{{targets: {alertmanagers}}}]}}]}}
scrape_configs:
  - {{job_name: packetdrop, static_configs: [{{targets: ['127.0.0.1:{self.exporter_port}']}}]}}
""" + "".join(f"  - {{job_name: {job}, static_configs: [{{targets: ['{target}']}}]}}\n" for job, target in self.neighbours().items()))
        self.start("prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data",
                   f"--web.listen-address=127.0.0.1:{self.prometheus}", "--rules.alert.resend-delay=1s")
        self.until(lambda: self.answers(f"http://127.0.0.1:{self.prometheus}/-/ready"), "Prometheus does not start")
        self.until(lambda: self.query("packetdrop_active"), "nothing is scraped")

    @staticmethod
    def answers(url, method="GET"):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def query(self, text):
        url = f"http://127.0.0.1:{self.prometheus}/api/v1/query?" + urllib.parse.urlencode({"query": text})
        with urllib.request.urlopen(url, timeout=5) as answer:
            return json.load(answer)["data"]["result"]

    def until(self, true, otherwise, timeout=TIMEOUT):
        end = time.monotonic() + timeout
        while not (result := true()):
            if time.monotonic() > end:
                logs = "\n".join(file.read_text()[-600:] for file in self.folder.glob("*.log"))
                self.fail(f"{otherwise}\n{logs}")
            time.sleep(0.1)
        return result

    def post(self, path):
        self.assertTrue(self.answers(f"http://127.0.0.1:{self.exporter_port}{path}", "POST"), path)
