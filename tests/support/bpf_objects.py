# SPDX-License-Identifier: Apache-2.0
"""What there is of BPF on this machine, and what of it nobody needs any more."""
import json
import re
import subprocess
import time
from pathlib import Path

KINDS = ("prog", "map", "link")


def bpf_objects():
    """Each as KIND and number, and pins by their path."""
    found = set()
    for kind in KINDS:
        listed = subprocess.run(["bpftool", "-j", kind, "show"], capture_output=True, text=True, check=True).stdout
        found |= {(kind, each["id"]) for each in json.loads(listed or "[]")}
    pins = Path("/sys/fs/bpf")
    return found | {("pin", str(each)) for each in (pins.rglob("*") if pins.is_dir() else [])}


def held(process="[0-9]*"):
    """What a process has a descriptor of: that one, or any."""
    found = set()
    for file in Path("/proc").glob(f"{process}/fdinfo/*"):
        try:
            text = file.read_text()
        except OSError:
            continue  # the process has ended, or closed it
        found |= {(kind, int(number)) for kind, number in re.findall(r"^(prog|map|link)_id:\t(\d+)", text, re.MULTILINE)}
    return found


def left_since(before, timeout=5):
    """What is there now, was not before, and is no living process's: others may count here too. The
    kernel frees a grace period after the last one lets go."""
    end = time.monotonic() + timeout
    while (left := bpf_objects() - before) and (left := left - held()) and time.monotonic() < end:
        time.sleep(0.01)
    return left
