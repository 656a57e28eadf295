# SPDX-License-Identifier: Apache-2.0
"""The exporter as a benchmark sees it from outside: what it holds, and what it spends."""
import os
import subprocess
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "e2e"))
from monitoring import EXPORTER  # noqa: E402


class ExporterProcess:
    """Counts, and serves on PORT of every IPv4 address, until it is left."""

    def __init__(self, port, *flags):
        self.port = port
        self.process = subprocess.Popen([EXPORTER, f"--web.listen-address=0.0.0.0:{port}", *flags],
                                        stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        for line in self.process.stderr:
            if "counting by bpf" in line:
                return self
        raise RuntimeError("the exporter does not count")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

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


def report(figure, value, unit, required=None):
    """`required`: (text, whether it is kept). Returns whether it is."""
    text, kept = required or ("", True)
    print(f"{figure:<58} {value:>10} {unit:<6} {text} {'' if kept else 'NOT KEPT'}".rstrip(), flush=True)
    return kept
