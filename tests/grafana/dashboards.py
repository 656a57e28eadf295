# SPDX-License-Identifier: Apache-2.0
"""Reads dashboards as Grafana does: their panels, their queries, and what variables make of them."""
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "grafana/dashboards"


def load():
    """Dashboards by the name of their file."""
    return {file.stem: json.loads(file.read_text()) for file in sorted(FOLDER.glob("*.json"))}


def panels(dashboard):
    """What shows data: rows are left out."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def variables(dashboard):
    return {each["name"]: each for each in dashboard["templating"]["list"]}


def queries(dashboard):
    """(where, expression, whether it is a query at one moment) of all that is sent to Prometheus."""
    for panel in panels(dashboard):
        for target in panel["targets"]:
            yield f"{panel['title']} {target['refId']}", target["expr"], target.get("instant", False)
    for annotation in dashboard["annotations"]["list"]:
        if not annotation.get("builtIn"):
            yield f"annotation {annotation['name']}", annotation["expr"], True


def substitute(expression, values, rate="1m", span="5m"):
    """`values`: variable → what stands in a regular expression for what was chosen."""
    known = {**values, "__rate_interval": rate, "__range": span, "__interval": "15s"}

    def value(found):
        return known[found["name"]]

    return re.sub(r"\$\{?(?P<name>\w+)\}?", value, expression)


def choose(dashboard, label_values):
    """A value for each variable, all of them where that can be chosen, as Grafana begins with.
    `label_values(metric, label)` asks Prometheus."""
    chosen = {"datasource": "prometheus"}
    for name, variable in variables(dashboard).items():
        if name == "datasource":
            continue
        found = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"])
        values = label_values(substitute(found[1], chosen), found[2])
        # Only where many clusters write to one store there is that label.
        if not values and name != "cluster":
            raise LookupError(f"{name} has no values")
        chosen[name] = variable.get("allValue") or values[0]
    return chosen
