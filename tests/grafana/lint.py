# SPDX-License-Identifier: Apache-2.0
"""What makes a dashboard that reads well. Some of it dashboard-linter asks too, but not of each kind of panel.
Each rule is a function that yields what is wrong."""
import re

from dashboards import panels, queries, variables

COUNTERS = re.compile(r"\b(\w+_total)\b")
# The exporter serves them; a dashboard's variable has the address of one.
RUNBOOKS = "http://${exporter}/runbooks/"
# What keeps the labels of targets, pod for one, after a rollout or in another cluster.
BARE = re.compile(r"(?<![\w:])(?:packetdrop|process|scrape|node)_\w+\{")


def has_a_uid_a_title_and_a_description(dashboard):
    for key in ("uid", "title", "description"):
        if not dashboard.get(key):
            yield f"no {key}"
    if dashboard.get("id") is not None or dashboard.get("editable"):
        yield "an id, or editable: it was saved by a Grafana, not made to be provisioned"


def has_a_data_source_variable(dashboard):
    found = variables(dashboard).get("datasource", {})
    if (found.get("type"), found.get("query")) != ("datasource", "prometheus"):
        yield "no variable datasource of type prometheus"
    if found.get("label") != "Data source":
        yield "its label is not Data source"


def has_variables_for_job_and_instance(dashboard):
    for name in ("job", "cluster", "instance", "source"):
        found = variables(dashboard).get(name)
        if not found:
            yield f"no variable {name}"
            continue
        if found["datasource"]["uid"] != "${datasource}" or "label_values(" not in found["query"]["query"]:
            yield f"{name} does not come from the data source"
        if found["includeAll"] and found["allValue"] not in (".+", ".*"):
            yield f"{name} spells every value out where All is chosen"
        if found["refresh"] != 2:
            yield f"{name} is not read again when the time changes"


def has_unique_panels(dashboard):
    for key in ("id", "title"):
        values = [panel[key] for panel in dashboard["panels"]]
        yield from (f"{key} {value} is there twice" for value in {each for each in values if values.count(each) > 1})


def describes_each_panel(dashboard):
    for panel in panels(dashboard):
        for key in ("title", "description"):
            if not panel.get(key):
                yield f"panel {panel['id']} has no {key}"


def gives_each_panel_a_unit(dashboard):
    for panel in panels(dashboard):
        if not panel["fieldConfig"]["defaults"].get("unit"):
            yield f"{panel['title']}: no unit"


def asks_the_chosen_data_source(dashboard):
    for panel in panels(dashboard):
        for thing in (panel, *panel["targets"]):
            if thing.get("datasource", {}).get("uid") != "${datasource}":
                yield f"{panel['title']}: another data source"


def selects_by_job_and_instance(dashboard):
    for where, expression, _ in queries(dashboard):
        for name, selector in re.findall(r"([a-z_]\w*(?::\w+)*)\{([^}]*)\}", expression):
            if name.startswith("node_") and 'cluster=~"$cluster",instance=~"$node_exporter"' not in selector:
                yield f"{where}: not the node_exporter that was chosen"
            if not name.startswith("node_") and 'job=~"$job",cluster=~"$cluster"' not in selector:
                yield f"{where}: a series without job and cluster"
        if "{" not in expression:
            yield f"{where}: no selector"
        per_node = re.findall(r"(?:instance\w*:\w+:\w+|packetdrop_\w+|process_\w+)\{([^}]*)\}", expression)
        yield from (f"{where}: a series of nodes without instance" for each in per_node if 'instance=~"$instance"' not in each)


def reads_counters_by_their_rate(dashboard):
    for where, expression, _ in queries(dashboard):
        for found in COUNTERS.finditer(expression):
            before = expression[: found.start()]
            # A series that began in the time that is shown may be read as it stands: it was nothing before.
            of_its_birth = re.match(rf"{found[1]}(\{{[^}}]*\}}) unless {found[1]}\1 offset \$__range|.* unless {found[1]}", expression[found.start() :])
            if not re.search(r"(rate|increase)\($", before) and not of_its_birth and not before.endswith(" unless "):
                yield f"{where}: {found[1]} as it stands"


def takes_the_rate_interval(dashboard):
    for where, expression, _ in queries(dashboard):
        for window in re.findall(r"rate\([^][]*\[([^]]+)\]", expression):
            if window != "$__rate_interval":
                yield f"{where}: rate over {window}"


def sees_each_packet_once(dashboard):
    for where, expression, _ in queries(dashboard):
        for found in re.finditer(r"packetdrop_(hook_(packets|segments|bytes)|drops|drops_by_class|drop_functions|missed_events|transmit_not_ok)_total", expression):
            if not re.search(r"max (without \(source\)|by \(cluster, job, instance)", expression[: found.start()]):
                yield f"{where}: two sources would be added up"


def keeps_no_label_of_targets(dashboard):
    """A rollout renames pods: where pod is kept, each panel shows a node twice."""
    for where, expression, _ in queries(dashboard):
        for found in BARE.finditer(expression):
            before = expression[: found.start()]
            # A count by something else: pods of one node overlap for seconds at most, and grouping a fleet by node is slow.
            if re.fullmatch(r"count by \((version|mechanism, exact)\) \(", before):
                continue
            if not re.search(r"\b(max|sum|group) by \((cluster, job, instance|cluster, instance)|(and|unless) on \([^)]*\) $", before):
                yield f"{where}: {found[0]} keeps labels that a rollout changes"


def shows_no_row_of_nothing(dashboard):
    for panel in panels(dashboard):
        for target in panel["targets"][:1] if panel["type"] == "table" else ():
            if re.match(r"topk\(\d+, [\w:]+\{[^}]*\} >", target["expr"]):
                yield f"{panel['title']}: keeps __name__, by which rows of two queries do not merge"
            if not re.search(r"(> 0|!= 0|== 0)\)?$|\bpacketdrop_hook_info\b|== 0 or ", target["expr"]):
                yield f"{panel['title']}: lists rows of 0"


def links_to_pages_that_exist(dashboard):
    from dashboards import ROOT  # the tree's own pages

    links = [link["url"] for panel in panels(dashboard) for link in panel.get("links", [])]
    links += [link["url"] for link in dashboard["links"]]
    for url in links:
        name = url.removeprefix(RUNBOOKS) or "README"
        if url.startswith(RUNBOOKS) and not (ROOT / f"deploy/prometheus/runbooks/{name}.md").exists():
            yield f"no page {url}"
        if url.startswith("/d/") and not re.match(r"/d/packetdrop-(fleet|node)\?", url):
            yield f"no dashboard {url}"
        if not url.startswith((RUNBOOKS, "/d/")):
            yield f"a link to elsewhere: {url}"


def lies_on_the_grid(dashboard):
    taken = {}
    for panel in dashboard["panels"]:
        box = panel["gridPos"]
        if box["x"] + box["w"] > 24:
            yield f"{panel['title']}: wider than the page"
        for x in range(box["x"], box["x"] + box["w"]):
            for y in range(box["y"], box["y"] + box["h"]):
                if (x, y) in taken:
                    yield f"{panel['title']} lies over {taken[x, y]}"
                    return
                taken[x, y] = panel["title"]


RULES = [each for name, each in list(globals().items()) if callable(each) and getattr(each, "__module__", "") == __name__ and name != "queries"]
