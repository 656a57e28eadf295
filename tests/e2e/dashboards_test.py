#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every query of every dashboard, on a real Prometheus while real packets are lost. What comes back
is left in BUILD/grafana, which tests/grafana/render draws."""
import json
import sys
import time
import urllib.parse
import urllib.request

from monitoring import ROOT, Monitored, free_port
from traffic import bad_checksums, full_socket, in_own_network, short_connections

sys.path.insert(0, str(ROOT / "tests/grafana"))
from cases import main  # noqa: E402
from dashboards import choose, load, queries, substitute  # noqa: E402
from exporter_process import BUILD  # noqa: E402

# On a node that works these have nothing to say; each is asked once more below for what it has.
MAY_BE_EMPTY = {
    "annotation Activated, deactivated": "a switch is one moment",
    "Reasons against yesterday A": "nothing was recorded a day ago",
    "Conntrack table A": "only where the kernel tracks connections",
}


class Dashboards(Monitored):
    programs = ("prometheus", "prometheus-node-exporter")

    def neighbours(self):
        address = f"127.0.0.1:{free_port()}"
        self.start("prometheus-node-exporter", f"--web.listen-address={address}")
        self.until(lambda: self.answers(f"http://{address}/"), "node_exporter does not start")
        return {"node": address}

    def get(self, path, **parameters):
        url = f"http://127.0.0.1:{self.prometheus}{path}?" + urllib.parse.urlencode(parameters, doseq=True)
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["data"]

    def values(self, dashboard):
        return choose(dashboard, lambda metric, label: self.get(f"/api/v1/label/{label}/values", **{"match[]": metric}),
                      lambda expression: [each["metric"] for each in self.query(expression)])

    def ask(self, expression, instant):
        if instant:
            return self.get("/api/v1/query", query=expression)["result"]
        now = time.time()
        return self.get("/api/v1/query_range", query=expression, start=now - 60, end=now, step=1)["result"]

    def lose_packets(self):
        """Drops of three classes and an alert that fires, all still there when it returns."""
        load = [in_own_network(lambda: full_socket(40)), in_own_network(lambda: bad_checksums(40)),
                in_own_network(lambda: short_connections(3000))]
        self.until(lambda: self.query('ALERTS{alertstate="firing"}'), "no alert fires")
        return load

    def test_each_query_and_variable_has_data(self):
        load_of_packets = self.lose_packets()
        empty = []
        (BUILD / "grafana").mkdir(exist_ok=True)
        for name, dashboard in load().items():
            chosen = self.values(dashboard)
            answers = {}
            for where, expression, instant in queries(dashboard):
                result = self.ask(substitute(expression, chosen, rate="5s", span="1m"), instant)
                answers[where] = result
                if not result and where not in MAY_BE_EMPTY:
                    empty.append(f"{name}: {where}: {expression}")
            (BUILD / "grafana" / f"{name}.json").write_text(json.dumps(answers))
        for thread in load_of_packets:
            thread.join()
        self.assertEqual(empty, [])

    def test_a_switch_is_annotated(self):
        self.post("/deactivate")
        time.sleep(2)
        self.post("/activate")
        for name, dashboard in load().items():
            where = "annotation Activated, deactivated"
            expression = next(each for at, each, _ in queries(dashboard) if at == where)
            found = substitute(expression, self.values(dashboard))
            self.until(lambda: self.ask(found, True), f"{name}: {found}")


if __name__ == "__main__":
    main(globals())
