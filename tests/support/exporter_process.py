# SPDX-License-Identifier: Apache-2.0
"""The exporter as one sees it from outside: what it says and answers, what it holds, what it spends."""
import http.client
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

BUILD = Path(os.environ.get("PACKETDROP_BUILD", Path(__file__).resolve().parents[2] / "build"))
EXPORTER = str(BUILD / "packetdrop_exporter")
TIMEOUT = 20  # seconds


class ExporterProcess:
    """Counts, and serves on PORT of every IPv4 address, until it is left."""

    def __init__(self, port, *flags, by=(), program=EXPORTER, **popen):
        """`by`: a command that becomes the exporter. `popen`: streams other than the log."""
        self.port = port
        self.log_file = tempfile.NamedTemporaryFile("r")
        popen.setdefault("stderr", open(self.log_file.name, "ab"))
        self.process = subprocess.Popen([*by, program, f"--web.listen-address=0.0.0.0:{port}", *flags], **popen)

    def __enter__(self):
        self.until(lambda: "counting by bpf" in self.log() or self.ended(), "the exporter does not count")
        if self.ended():
            raise RuntimeError(f"the exporter has ended:\n{self.log()}")
        return self

    def __exit__(self, *_):
        if not self.ended():
            self.end()

    def end(self, timeout=10):
        """Asks it to end; its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def ended(self):
        return self.process.poll() is not None

    def until(self, true, otherwise, timeout=TIMEOUT):
        end = time.monotonic() + timeout
        while not (result := true()):
            if time.monotonic() > end:
                raise RuntimeError(f"{otherwise}\n{self.log()}")
            time.sleep(0.01)
        return result

    def log(self):
        return Path(self.log_file.name).read_text()

    def ask(self, path="/metrics", method="GET", timeout=10):
        """Status and body; OSError or HTTPException where there is no answer."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            client.request(method, path)
            answer = client.getresponse()
            return answer.status, answer.read().decode()
        finally:
            client.close()

    def metrics(self):
        """Each sample of a scrape: {name and labels: value}."""
        status, text = self.ask()
        if status != 200:
            raise RuntimeError(f"{status}: {text}")
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if not line.startswith("#")}

    def metric(self, name, **labels):
        """The sum of that metric's samples that have those labels."""
        wanted = [f'{label}="{value}"' for label, value in labels.items()]
        return sum(value for sample, value in self.metrics().items()
                   if re.split(r"[{ ]", sample)[0] == name and all(each in sample for each in wanted))

    def proc(self, name):
        return Path(f"/proc/{self.process.pid}/{name}")

    def resident(self):
        """MiB, counted page by page."""
        return sum(int(line.split()[1]) for line in self.proc("smaps_rollup").read_text().splitlines()
                   if line.startswith("Rss:")) / 1024

    def descriptors(self):
        return len(list(self.proc("fd").iterdir()))

    def threads(self):
        return len(list(self.proc("task").iterdir()))

    def cpu(self):
        """Seconds of user and system time."""
        fields = self.proc("stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def quantile(values, part):
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def report(figure, value, unit, required=None, note=""):
    """`required`: (text, whether it is kept). Returns whether it is."""
    text, kept = required or (note, True)
    print(f"{figure:<58} {value:>10} {unit:<6} {text} {'' if kept else 'NOT KEPT'}".rstrip(), flush=True)
    return kept
