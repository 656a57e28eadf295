#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Real drops, the shipped rules in a real Prometheus, a real Alertmanager, and what a receiver gets."""
import http.server
import json
import signal
import threading
import time

from monitoring import TIMEOUT, Monitored, free_port
from traffic import bad_checksums, full_socket, in_own_network, short_connections

from cases import main  # monitoring says where it is


class Receiver:
    """A webhook that remembers each notification with its time."""

    def __init__(self):
        self.notifications = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                receiver.notifications += [(time.monotonic(), alert) for alert in body["alerts"]]
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/"

    def find(self, status, name, since=0.0, **labels):
        """The first such notification after that moment, or None."""
        for when, alert in self.notifications:
            wanted = {"alertname": name, **labels}
            if when >= since and alert["status"] == status and wanted.items() <= alert["labels"].items():
                return when, alert
        return None


class Alerting(Monitored):
    programs = ("prometheus", "prometheus-alertmanager")

    def setUp(self):
        self.receiver = Receiver()
        self.table = []
        super().setUp()

    def alertmanagers(self):
        port = free_port()
        (self.folder / "alertmanager.yml").write_text(f"""
route: {{receiver: hook, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}}
receivers: [{{name: hook, webhook_configs: [{{url: '{self.receiver.url()}', send_resolved: true}}]}}]
""")
        self.start("prometheus-alertmanager", "--config.file=alertmanager.yml", "--storage.path=alertmanager",
                   "--cluster.listen-address=", f"--web.listen-address=127.0.0.1:{port}")
        self.until(lambda: self.answers(f"http://127.0.0.1:{port}/-/ready"), "Alertmanager does not start")
        return [f"127.0.0.1:{port}"]

    def comes(self, cause, name, since, timeout, **labels):
        when, alert = self.until(lambda: self.receiver.find("firing", name, since, **labels), f"no {name} {labels} for {cause}", timeout)
        self.table.append([cause, name, labels.get("class", ""), when - since, None])
        self.assertRegex(alert["annotations"]["runbook_url"], rf"/runbooks/{name}(\.md)?$")
        self.assertNotIn("<", alert["annotations"]["description"], "a template that failed")
        return alert

    def ends(self, name, since, **labels):
        when, _ = self.until(lambda: self.receiver.find("resolved", name, since, **labels), f"{name} {labels} does not resolve")
        row = next(row for row in self.table if row[1:3] == [name, labels.get("class", "")])
        row[4] = when - since

    def benign_storm_is_not_told(self):
        in_own_network(lambda: short_connections(10_000)).join()
        time.sleep(20)
        benign = self.query('sum(packetdrop_drops_by_class_total{class="benign"})')
        self.assertGreater(float(benign[0]["value"][1]), 1000, "the storm made no benign drops")
        self.assertEqual(self.receiver.notifications, [])
        self.table.append(["10 000 short connections", "none", "benign", None, None])

    def spikes_are_told_with_their_reason(self):
        begin = time.monotonic()
        load = [in_own_network(lambda: full_socket(25)), in_own_network(lambda: bad_checksums(25))]
        full = self.comes("UDP to a full socket", "PacketDropSpike", begin, TIMEOUT, **{"class": "capacity", "severity": "warning"})
        bad = self.comes("UDP with bad checksums", "PacketDropSpike", begin, TIMEOUT, **{"class": "error", "severity": "warning"})
        # A reason has its name from Linux 5.17 on; the function is there on every kernel.
        self.assertRegex(full["annotations"]["description"], r"Reasons: (SOCKET_RCVBUFF|NOT_SPECIFIED) [\d.k]+/s; functions: \w*udp\w* ")
        self.assertRegex(bad["annotations"]["description"], r"Reasons: (UDP_CSUM|NOT_SPECIFIED) [\d.k]+/s; functions: \w*udp\w* ")
        self.assertIn("127.0.0.1", full["annotations"]["summary"])
        for thread in load:
            thread.join()
        end = time.monotonic()
        self.ends("PacketDropSpike", end, **{"class": "capacity"})
        self.ends("PacketDropSpike", end, **{"class": "error"})

    def forgotten_deactivation_is_told(self):
        self.post("/deactivate")
        begin = time.monotonic()
        self.comes("deactivated and forgotten", "PacketDropInactive", begin, TIMEOUT)
        self.post("/activate")
        self.ends("PacketDropInactive", time.monotonic())

    def death_is_told(self):
        self.exporter.send_signal(signal.SIGKILL)
        self.exporter.wait()
        self.comes("exporter killed", "PacketDropExporterDown", time.monotonic(), TIMEOUT)
        self.exporter = self.start_exporter()
        self.ends("PacketDropExporterDown", time.monotonic())

    def test_a_real_spike_is_told_and_resolved_and_a_benign_storm_is_not(self):
        self.benign_storm_is_not_told()
        self.spikes_are_told_with_their_reason()
        self.forgotten_deactivation_is_told()
        self.death_is_told()
        told = {alert["labels"]["alertname"] for _, alert in self.receiver.notifications}
        print(f"{'cause':26} {'alert':24} {'class':9} {'told after':>10} {'resolved after':>14}")
        for cause, name, of, fired, resolved in self.table:
            print(f"{cause:26} {name:24} {of:9} " + (f"{fired:8.1f} s {resolved:12.1f} s" if fired else ""))
        self.assertEqual(told, {"PacketDropSpike", "PacketDropInactive", "PacketDropExporterDown"})


if __name__ == "__main__":
    main(globals())
