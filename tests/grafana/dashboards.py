# SPDX-License-Identifier: Apache-2.0
"""Reads dashboards as Grafana does: their panels, their queries, and what variables make of them."""
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "grafana/dashboards"
# Only where many clusters write to one store there is that label; and node_exporter is not ours.
MAY_BE_MISSING = ("cluster", "node_exporter")


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
    """`values`: variable → the regular expression for what was chosen."""
    known = {**values, "__rate_interval": rate, "__range": span, "__interval": "15s"}

    def value(found):
        return known[found["name"]]

    return re.sub(r"\$\{?(?P<name>[A-Za-z_]\w*)\}?", value, expression)


def choose(dashboard, label_values, ask):
    """A value for each variable, all of them where that can be chosen, as Grafana begins with.
    `label_values(metric, label)` and `ask(expression)`, which returns sets of labels, ask Prometheus."""
    chosen = {"datasource": "prometheus"}
    for name, variable in variables(dashboard).items():
        if name == "datasource":
            continue
        query = variable["query"]["query"]
        if found := re.fullmatch(r"label_values\((.*), (\w+)\)", query):
            values = label_values(substitute(found[1], chosen), found[2])
        else:
            expression = re.fullmatch(r"query_result\((.*)\)", query)[1]
            values = [",".join(f'{key}="{value}"' for key, value in labels.items()) for labels in ask(substitute(expression, chosen))]
        if pattern := variable["regex"].strip("/"):
            values = [found[1] for value in values if (found := re.search(pattern, value))]
        if not values and name not in MAY_BE_MISSING:
            raise LookupError(f"{name} has no values")
        chosen[name] = variable.get("allValue") or next(iter(values), "")
    return chosen
