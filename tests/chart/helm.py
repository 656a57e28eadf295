# SPDX-License-Identifier: Apache-2.0
"""Renders the chart as Helm does, and finds things in what came out."""
import os
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy" / "chart"
NEWEST = "1.37.0"
OPERATOR = [f"--api-versions=monitoring.coreos.com/v1/{kind}" for kind in ("ServiceMonitor", "PodMonitor", "PrometheusRule")]


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


class StrictLoader(yaml.CSafeLoader):
    """YAML as Flux and kustomize read it: a key that stands twice in a map is an error."""

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise AssertionError(f"key stands twice: {', '.join(sorted(twice))}{node.start_mark}")
        return super().construct_mapping(node, deep)


def template(*flags, chart=CHART, kubernetes=NEWEST, operator=True):
    """`helm template` of release "r" in namespace "n", as it ended."""
    apis = OPERATOR if operator else []
    return run("helm", "template", "r", str(chart), "-n", "n", "--kube-version", kubernetes, *apis, *flags)


def render(*flags, **options):
    """The objects that are made with these flags."""
    done = template(*flags, **options)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return [each for each in yaml.load_all(done.stdout, StrictLoader) if each]


def refusal(*flags, **options):
    """What Helm says where it refuses."""
    done = template(*flags, **options)
    if done.returncode == 0:
        raise AssertionError(f"accepted: {' '.join(flags)}")
    return done.stderr


def sets(*settings):
    """The flags for KEY=VALUE each. A brace begins a list for --set."""
    return [flag for each in settings for flag in ("--set-literal" if "{{" in each else "--set", each)]


def ci(name):
    return "-f", str(CHART / "ci" / f"{name}-values.yaml")


def ci_names():
    return sorted(file.name.removesuffix("-values.yaml") for file in (CHART / "ci").iterdir())


def one(objects, kind):
    found = [each for each in objects if each["kind"] == kind and "-test" not in each["metadata"]["name"]]
    if len(found) != 1:
        raise AssertionError(f"{len(found)} objects of kind {kind}")
    return found[0]


def at(value, path):
    """What is at "spec.ports.0.name"; None where nothing is. Quote a key that has dots."""
    for quoted, part in enumerate(path.split("'")):
        for key in [part] if quoted % 2 else [key for key in part.split(".") if key]:
            if isinstance(value, list):
                value = value[int(key)] if int(key) < len(value) else None
            else:
                value = (value or {}).get(key)
    return value


def values():
    return yaml.safe_load((CHART / "values.yaml").read_text())


def version_file():
    return (ROOT / "kmod" / "VERSION").read_text().strip()


def is_ci():
    return os.environ.get("CI") == "true"
