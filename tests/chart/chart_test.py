#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the chart makes of its values, and what it refuses. Needs helm and kubeconform in PATH, and
in SCHEMAS the folder that tests/chart/schemas prints."""
import copy
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import yaml
from features import CONTAINER, FEATURES, POD
from helm import CHART, NEWEST, ROOT, at, ci, ci_names, one, refusal, render, run, sets, values, version_file


class Defaults(unittest.TestCase):
    """Nothing but defaults."""

    def setUp(self):
        self.objects = render(operator=False)
        self.pod = at(one(self.objects, "DaemonSet"), POD)
        self.container = self.pod["containers"][0]

    def make_a_daemonset_a_service_an_account_and_a_test(self):
        kinds = sorted(each["kind"] for each in self.objects)
        self.assertEqual(kinds, ["DaemonSet", "Pod", "Service", "ServiceAccount"])

    def may_do_exactly_what_counting_needs(self):
        self.assertEqual(
            self.container["securityContext"],
            {
                "runAsUser": 0,
                "capabilities": {"drop": ["ALL"], "add": ["BPF", "PERFMON", "SYSLOG"]},
                "readOnlyRootFilesystem": True,
                "allowPrivilegeEscalation": False,
            },
        )
        self.assertEqual(self.pod["securityContext"], {"seccompProfile": {"type": "RuntimeDefault"}})

    def see_of_the_host_its_network_alone(self):
        self.assertIs(self.pod["hostNetwork"], True)
        for key in ("hostPID", "hostIPC", "volumes"):
            self.assertNotIn(key, self.pod)

    def get_no_token(self):
        self.assertIs(self.pod["automountServiceAccountToken"], False)
        self.assertIs(one(self.objects, "ServiceAccount")["automountServiceAccountToken"], False)

    def run_on_every_node_that_has_a_kernel(self):
        self.assertEqual(self.pod["tolerations"], [{"operator": "Exists"}])
        self.assertEqual(self.pod["nodeSelector"], {"kubernetes.io/os": "linux"})
        terms = at(self.pod, "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms")
        self.assertEqual({each["operator"] for each in terms[0]["matchExpressions"]}, {"NotIn"})

    def probe_for_life_and_readiness_that_it_is_healthy(self):
        for name in ("livenessProbe", "readinessProbe"):
            self.assertEqual(self.container[name]["httpGet"], {"path": "/-/healthy", "port": "metrics", "scheme": "HTTP"})

    def bound_its_memory(self):
        self.assertIn("memory", self.container["resources"]["limits"])
        self.assertEqual(set(self.container["resources"]["requests"]), {"cpu", "memory"})

    def count_from_the_start(self):
        flags = ["--web.listen-address=:10942", "--source=auto", "--web.telemetry-path=/metrics", "--log.level=info", "--log.format=logfmt"]
        self.assertEqual(self.container["args"], flags)

    def take_the_image_of_this_version(self):
        self.assertEqual(self.container["image"], f"localhost/packetdrop-exporter:{version_file()}")

    def keep_names_that_look_like_numbers(self):
        done = run("helm", "template", "1", str(CHART), "-n", "0x10", "--kube-version", NEWEST)
        for each in filter(None, yaml.safe_load_all(done.stdout)):
            self.assertEqual(each["metadata"]["namespace"], "0x10")
            self.assertIn(each["metadata"]["labels"].get("app.kubernetes.io/instance"), ("1", None))

    def restart_no_pod_for_a_new_version_of_the_chart_alone(self):
        self.assertNotIn("helm.sh/chart", one(self.objects, "DaemonSet")["spec"]["template"]["metadata"]["labels"])


class Features(unittest.TestCase):
    """The files in ci/, each with what it has to make. CTest runs each as a case of its own."""

    def check(self, name):
        objects = render(*ci(name))
        kinds = {each["kind"] for each in objects}
        for kind, path, *expected in (row if len(row) > 1 else (*row, None) for row in FEATURES[name]):
            with self.subTest(kind=kind, path=path):
                if path is None:
                    self.assertNotIn(kind, kinds)
                elif path.endswith("[]"):
                    self.assertIn(expected[0], at(self.find(objects, kind), path[:-2]))
                else:
                    self.assertEqual(at(self.find(objects, kind), path), expected[0])

    def find(self, objects, kind):
        # Several dashboards, each alike.
        return next(each for each in objects if each["kind"] == kind) if kind == "ConfigMap" else one(objects, kind)

    def each_is_known(self):
        self.assertEqual(ci_names(), sorted(FEATURES))


class Clean(unittest.TestCase):
    """What tools and people ask of any chart."""

    def lint_finds_nothing(self):
        for values_file in [[]] + [ci(name) for name in ci_names()]:
            done = run("helm", "lint", "--strict", "--quiet", "--kube-version", NEWEST, str(CHART), *values_file)
            self.assertEqual(done.returncode, 0, f"{values_file}\n{done.stdout}{done.stderr}")

    def version_is_that_of_everything_else(self):
        chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
        self.assertEqual((chart["version"], chart["appVersion"]), (version_file(), version_file()))

    def readme_is_what_values_say(self):
        done = run(str(ROOT / "deploy" / "chart-readme"), "--check")
        self.assertEqual(done.returncode, 0, done.stderr)

    def every_value_has_a_row_in_readme(self):
        rows = re.findall(r"^\| `([\w.]+)` \| (`?)", (CHART / "README.md").read_text(), re.MULTILINE)
        explained = {path for path, default in rows if default}  # the others are groups

        def lacking(value, path):
            if path in explained:
                return []
            if not isinstance(value, dict):
                return [path]
            return [each for key in value for each in lacking(value[key], f"{path}.{key}".lstrip("."))]

        self.assertEqual(lacking(values(), ""), [])

    def the_package_makes_what_the_folder_makes(self):
        flags = ["-f", ci("rules")[1], "-f", ci("dashboards")[1]]
        with tempfile.TemporaryDirectory() as folder:
            done = run("helm", "package", str(CHART), "--destination", folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            package = Path(folder) / f"packetdrop-exporter-{version_file()}.tgz"
            self.assertEqual(render(*flags, chart=package), render(*flags))

    def notes_tell_how_to_look_and_what_the_namespace_needs(self):
        notes = self.notes()
        for part in (
            "kubectl -n n rollout status daemonset/r-packetdrop-exporter",
            "kubectl -n n port-forward daemonset/r-packetdrop-exporter 10942",
            "curl 127.0.0.1:10942/api/v1/status",
            "helm test -n n r",
            "kubectl label namespace n pod-security.kubernetes.io/enforce=privileged",
            "didn't have free ports",
        ):
            self.assertIn(part, notes)
        self.assertNotIn("NetworkPolicy", notes)

    def notes_say_where_a_network_policy_has_no_effect(self):
        self.assertIn("NetworkPolicy: it has no effect", self.notes("--set", "networkPolicy.enabled=true"))

    def notes(self, *flags):
        """Helm shows them at installation only, so they are rendered as a value of a template."""
        with tempfile.TemporaryDirectory() as folder:
            chart = Path(folder) / "chart"
            # Links stay links into this tree.
            subprocess.run(["cp", "-rL", str(CHART), str(chart)], check=True)
            text = (chart / "templates" / "NOTES.txt").read_text()
            (chart / "templates" / "notes.yaml").write_text(
                '{{- define "notes" }}' + text + '{{ end }}notes: {{ include "notes" . | toJson }}\nkind: Notes\nmetadata: {name: notes}\n'
            )
            return one(render(*flags, chart=chart), "Notes")["notes"]


class Null(unittest.TestCase):
    """What null does in values: Helm removes the key."""

    # These go into an object as they stand, so null leaves them out.
    EMPTIED = {
        "livenessProbe", "readinessProbe", "affinity", "nodeSelector", "resources", "securityContext", "tolerations", "updateStrategy",
        "image.registry", "dashboards.labels", "prometheus.monitor.relabelings", "prometheus.podMonitor.relabelings",
    }  # fmt: skip
    ON = {"prometheus": {"monitor": {"enabled": True}, "rules": {"enabled": True}}, "networkPolicy": {"enabled": True}, "dashboards": {"enabled": True}}

    @classmethod
    def paths(cls, value, path=""):
        """Every key that values.yaml has, as the list of names that lead to it."""
        for key in value:
            here = f"{path}.{key}".lstrip(".")
            yield here
            if isinstance(value[key], dict) and here not in cls.EMPTIED:
                yield from cls.paths(value[key], here)

    def with_null(self, *paths, base=None):
        """What is made where each of these is null."""
        wanted = copy.deepcopy(base or {})
        for path in paths:
            *parents, key = path.split(".")
            at_parent = wanted
            for parent in parents:
                at_parent = at_parent.setdefault(parent, {})
            at_parent[key] = None
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            json.dump(wanted, file)
            file.flush()
            return render("-f", file.name)

    def is_the_default_of_each_value_that_has_one(self):
        settings = [path for path in self.paths(values()) if path not in self.EMPTIED]
        groups = [path for path in settings if isinstance(at(values(), path), dict)]
        scalars = [path for path in settings if path not in groups]
        self.assertGreater(len(groups), 20)
        self.assertGreater(len(scalars), 60)
        made = render()
        for depth in range(max(path.count(".") for path in groups) + 1):
            self.assertEqual(self.with_null(*(path for path in groups if path.count(".") == depth)), made)
        self.assertEqual(self.with_null(*scalars), made)

    def leaves_out_what_goes_into_an_object_as_it_stands(self):
        made = self.with_null(*self.EMPTIED, base=self.ON)
        self.assertEqual(at(one(made, "DaemonSet"), f"{CONTAINER}.image"), f"packetdrop-exporter:{version_file()}")
        self.assertIsNone(at(one(made, "ServiceMonitor"), "spec.endpoints.0.relabelings"))
        self.assertNotIn("grafana_dashboard", next(each for each in made if each["kind"] == "ConfigMap")["metadata"]["labels"])
        self.assertIsNone(at(one(made, "DaemonSet"), f"{CONTAINER}.livenessProbe"))

    def leaves_each_of_a_probes_numbers_to_kubernetes(self):
        probe = at(one(self.with_null(*(f"livenessProbe.{key}" for key in values()["livenessProbe"])), "DaemonSet"), f"{CONTAINER}.livenessProbe")
        self.assertEqual(set(probe), {"httpGet"})

    def removes_what_a_file_before_had(self):
        strings = ("commonLabels", "podLabels", "podAnnotations", "daemonsetAnnotations", "env", "nodeSelector", "service.labels", "service.annotations")
        wanted = [*(f"{path}.x" for path in strings), "resources.limits.cpu", "securityContext.fsGroup", "livenessProbe.periodSeconds"]
        with_values = render(*sets(*(f"{path}=1" for path in wanted[-3:])), *(flag for path in wanted[:-3] for flag in ("--set-string", f"{path}=1")))
        self.assertNotEqual(with_values, render())
        without = self.with_null(*wanted)
        self.assertNotIn("periodSeconds", at(one(without, "DaemonSet"), f"{CONTAINER}.livenessProbe"))
        self.assertEqual(without, self.with_null("livenessProbe.periodSeconds"))

    def in_a_security_context_leaves_out_what_the_chart_makes(self):
        keys = {"runAsUser", "capabilities", "readOnlyRootFilesystem", "allowPrivilegeEscalation"}
        for key in keys:
            made = one(self.with_null(f"containerSecurityContext.{key}"), "DaemonSet")
            self.assertEqual(set(at(made, f"{CONTAINER}.securityContext")), keys - {key})

    def works_from_a_chart_above(self):
        with tempfile.TemporaryDirectory() as folder:
            above = Path(folder)
            (above / "charts").mkdir()
            subprocess.run(["cp", "-rL", str(CHART), str(above / "charts" / "packetdrop-exporter")], check=True)
            (above / "Chart.yaml").write_text("apiVersion: v2\nname: above\nversion: 1.0.0\n")
            nulls = dict.fromkeys((key for key in values() if key != "global" and isinstance(values()[key], dict)), None)
            (above / "values.yaml").write_text(json.dumps({"packetdrop-exporter": nulls}))
            container = at(one(render(chart=above), "DaemonSet"), CONTAINER)
            self.assertNotIn("livenessProbe", container)
            self.assertEqual(container["ports"][0]["containerPort"], 10942)


class Labels(unittest.TestCase):
    """Wherever a value holds labels."""

    def are_evaluated_and_stand_once_in_every_object(self):
        flags = ["--set", "networkPolicy.enabled=true,dashboards.enabled=true,prometheus.rules.enabled=true,webConfig.config.rate_limit.burst=1"]
        holders = {
            "service.labels": "Service",
            "prometheus.monitor.additionalLabels": "ServiceMonitor",
            "prometheus.podMonitor.additionalLabels": "PodMonitor",
            "prometheus.rules.additionalLabels": "PrometheusRule",
            "dashboards.labels": "ConfigMap",
        }
        for monitor in ("monitor", "podMonitor"):
            own = [f"{path}.own=of {{{{ .Release.Name }}}}" for path in holders]
            common = ["commonLabels.release={{ .Release.Name }}", "commonLabels.app\\.kubernetes\\.io/component=mine"]
            settings = [f"prometheus.{monitor}.enabled=true", *own, *common]
            made = render(*flags, *sets(*settings))
            for each in made:
                labels = each["metadata"]["labels"]
                self.assertEqual(labels["release"], "r", each["kind"])
                if each["kind"] != "Pod":
                    self.assertEqual(labels["app.kubernetes.io/component"], "mine", each["kind"])
                if each["kind"] in holders.values():
                    self.assertEqual(labels["own"], "of r", each["kind"])

    def that_select_cannot_be_replaced(self):
        names = ("app\\.kubernetes\\.io/name", "app\\.kubernetes\\.io/instance")
        replaced = [f"{where}.{name}=x" for where in ("commonLabels", "podLabels", "service.labels") for name in names]
        made = render(*sets(*replaced))
        daemonset, service = one(made, "DaemonSet"), one(made, "Service")
        selector = daemonset["spec"]["selector"]["matchLabels"]
        self.assertEqual(service["spec"]["selector"], selector)
        for labels in (at(daemonset, "spec.template.metadata.labels"), service["metadata"]["labels"]):
            self.assertLessEqual(selector.items(), labels.items())
        tested = next(each for each in made if each["kind"] == "Pod")["metadata"]["labels"]
        self.assertFalse(set(selector) & set(tested))


class BadInput(unittest.TestCase):
    """What is refused, and in which words."""

    def a_mistyped_key_fails_with_its_name(self):
        for key in (
            "hostNetwrok=true",
            "image.tagg=1",
            "service.prot=1",
            "web.telemetryPth=/m",
            "webConfig.config.tls_config.cert_file=a",
            "prometheus.monitor.intervall=15s",
            "prometheus.podMonitor.enable=true",
            "prometheus.rules.threshold=1",
            "livenessProbe.period=1",
            "resources.limit.memory=1Gi",
            "kmod.activated=true",
        ):
            name = key.split("=", maxsplit=1)[0].split(".")
            wrong = next(part for n, part in enumerate(name) if at(values(), ".".join(name[: n + 1])) is None)
            self.assertIn(f"additional properties '{wrong}' not allowed", refusal("--set", key))

    def a_wrong_value_fails_with_its_key(self):
        for setting in (
            "source=ebpf",
            "service.port=0",
            "hostNetwork=perhaps",
            "image.pullPolicy=Sometimes",
            "log.level=trace",
            "extraArgs[0]=verbose",
            "prometheus.monitor.interval=15 seconds",
        ):
            path = "/" + setting.split("=", maxsplit=1)[0].replace(".", "/").replace("[", "/").replace("]", "")
            self.assertIn(f"at '{path}'", refusal("--set", setting))

    def a_cluster_without_the_operator_is_told_so(self):
        for value, kind in (
            ("prometheus.monitor.enabled", "ServiceMonitor"),
            ("prometheus.podMonitor.enabled", "PodMonitor"),
            ("prometheus.rules.enabled", "PrometheusRule"),
        ):
            said = refusal("--set", f"{value}=true", operator=False)
            self.assertIn(f"{value} needs the type {kind} of the Prometheus Operator, which this cluster does not have", said)
            self.assertIn("install its CRDs first, or set it to false", said)

    def what_contradicts_itself_is_told_so(self):
        with_client_ca = "webConfig.config.tls_server_config.client_auth_type=RequireAndVerifyClientCert"
        for settings, words in (
            (["webConfig.existingSecret=a", "webConfig.config.rate_limit.burst=1"], "one of them has to go"),
            ([with_client_ca], "set probe.type to exec, and probe.clientSecret"),
            ([with_client_ca, "probe.type=exec"], "set probe.type to exec, and probe.clientSecret"),
            (["prometheus.monitor.enabled=true", "service.enabled=false"], "needs service.enabled"),
            (["kmod.activate=true", "hostNetwork=false"], "needs hostNetwork"),
            (["prometheus.monitor.enabled=true", "prometheus.podMonitor.enabled=true"], "scrape each node twice"),
            (["securityContext.runAsNonRoot=true"], "runAsNonRoot is true"),
            (["containerSecurityContext.runAsNonRoot=true"], "runAsNonRoot is true"),
            (["securityContext.runAsNonRoot=true", "securityContext.runAsUser=1000"], "runAsNonRoot is true"),
            (["containerSecurityContext.privileged=true"], "set containerSecurityContext.allowPrivilegeEscalation to true"),
            (["containerSecurityContext.capabilities.add[0]=CAP_SYS_ADMIN"], "set containerSecurityContext.allowPrivilegeEscalation to true"),
        ):
            self.assertIn(words, refusal(*sets(*settings)))

    def what_only_looks_like_a_contradiction_is_accepted(self):
        for settings in (
            ["source=kmod", "securityContext.runAsNonRoot=true", "containerSecurityContext.runAsUser=65534"],
            ["securityContext.runAsNonRoot=true", "containerSecurityContext.runAsNonRoot=false"],
            ["containerSecurityContext.privileged=true", "containerSecurityContext.allowPrivilegeEscalation=true"],
            ["legacyCapabilities=true"],
        ):
            self.assertTrue(render(*sets(*settings)))

    def an_older_Kubernetes_is_refused(self):
        self.assertIn("chart requires kubeVersion", refusal(kubernetes="1.24.0"))

    def the_schema_is_closed_and_knows_every_value(self):
        schema = json.loads((CHART / "values.schema.json").read_text())

        def check(part, value, path):
            part = schema["definitions"][part["$ref"].rsplit("/", 1)[1]] if "$ref" in part else part
            if "properties" not in part:
                return
            if path != "global":  # other charts' keys
                self.assertIs(part.get("additionalProperties"), False, path)
            known = set(part["properties"]) - {"claims"}
            if path != "webConfig.config":  # empty by default
                self.assertEqual(known, set(value), path)
            for key in known & set(value):
                check(part["properties"][key], value[key], f"{path}.{key}".lstrip("."))

        check(schema, values(), "")


class Versions(unittest.TestCase):
    """What differs from one Kubernetes to another. CTest runs kubeconform for each as a case of its own."""

    def kubeconform(self, objects, kubernetes):
        schemas = os.environ["SCHEMAS"]
        kinds = "{{.ResourceKind}}{{.KindSuffix}}.json"
        return run(
            *("kubeconform", "-strict", "-summary", "-kubernetes-version", f"{kubernetes}.0"),
            *("-schema-location", schemas + "/{{.NormalizedKubernetesVersion}}-local{{.StrictSuffix}}/" + kinds),
            *("-schema-location", schemas + "/operator/{{.ResourceKind}}-{{.ResourceAPIVersion}}.json"),
            input="\n---\n".join(map(json.dumps, objects)),
        )

    def check(self, kubernetes):
        objects = [each for name in ci_names() for each in render(*ci(name), kubernetes=f"{kubernetes}.0")]
        done = self.kubeconform(objects, kubernetes)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(f"{len(objects)} resources found", done.stdout)
        self.assertIn("Skipped: 0", done.stdout)

    def kubeconform_finds_a_field_that_is_not_there(self):
        daemonset = one(render(), "DaemonSet")
        monitor = one(render(*ci("service-monitor")), "ServiceMonitor")
        for each, path in ((daemonset, CONTAINER), (monitor, "spec.endpoints.0")):
            wrong = copy.deepcopy(each)
            at(wrong, path)["securityContextt"] = {}
            self.assertEqual(self.kubeconform([each], "1.37").returncode, 0)
            self.assertIn("securityContextt", self.kubeconform([wrong], "1.37").stdout)

    def apparmor_is_lifted_by_annotation_before_there_was_a_field(self):
        def pod(kubernetes):
            return at(one(render(*ci("kmod-activate"), kubernetes=kubernetes), "DaemonSet"), "spec.template")

        annotation = "metadata.annotations.'container.apparmor.security.beta.kubernetes.io/exporter'"
        field = "spec.containers.0.securityContext.appArmorProfile"
        self.assertEqual((at(pod("1.29.0"), annotation), at(pod("1.29.0"), field)), ("unconfined", None))
        self.assertEqual((at(pod("1.30.0"), annotation), at(pod("1.30.0"), field)), (None, {"type": "Unconfined"}))


class HelmTest(unittest.TestCase):
    """The pod of `helm test`."""

    def pod(self, *flags):
        return next((each for each in render(*flags) if each["kind"] == "Pod"), None)

    def asks_whether_the_node_can_count(self):
        pod = self.pod()
        self.assertEqual(pod["metadata"]["annotations"]["helm.sh/hook"], "test")
        self.assertEqual(pod["spec"]["containers"][0]["args"], ["--probe=http://127.0.0.1:10942/-/ready"])

    def has_no_powers(self):
        spec = self.pod()["spec"]
        self.assertIs(spec["securityContext"]["runAsNonRoot"], True)
        self.assertEqual(spec["containers"][0]["securityContext"]["capabilities"], {"drop": ["ALL"]})

    def asks_by_the_service_where_the_network_is_not_shared(self):
        args = self.pod(*ci("pod-network"))["spec"]["containers"][0]["args"]
        self.assertEqual(args, ["--probe=http://r-packetdrop-exporter.n.svc:10942/-/ready"])

    def shows_the_client_certificate(self):
        args = self.pod(*ci("client-certificates"))["spec"]["containers"][0]["args"]
        self.assertEqual(args[0], "--probe=https://127.0.0.1:10942/-/ready")
        self.assertIn("--probe.certificate=/etc/packetdrop/probe/tls.crt", args)

    def shows_none_without_tls(self):
        # The program refuses to start with one for http://, and a probe that fails restarts the pod.
        objects = render("--set", "probe.type=exec,probe.clientSecret=s")
        self.assertIn("--probe=http://127.0.0.1:10942/-/healthy", str(objects))
        self.assertNotIn("--probe.certificate", str(objects))

    def is_left_out_where_it_has_nowhere_to_ask(self):
        self.assertIsNone(self.pod("--set", "hostNetwork=false,service.enabled=false"))


class Rules(unittest.TestCase):
    """PrometheusRule and dashboards, which are other folders' files."""

    FILES = sorted((ROOT / "deploy" / "prometheus" / "rules").glob("*.yml"))

    def groups(self, *flags):
        return one(render("--set", "prometheus.rules.enabled=true", *flags), "PrometheusRule")["spec"]["groups"]

    @classmethod
    def files(cls):
        return [group for file in cls.FILES for group in yaml.safe_load(file.read_text())["groups"]]

    def thresholds(self, groups):
        """{name: expression} of the rules that record one."""
        names = {rule.get("record", ""): rule["expr"] for group in groups for rule in group["rules"]}
        return {key.split(":")[1]: expr for key, expr in names.items() if key.endswith(":threshold")}

    def are_those_of_the_files(self):
        self.assertNotEqual(self.files(), [])
        self.assertEqual(self.groups(), self.files())

    def a_threshold_that_is_set_changes_that_alone(self):
        defaults = self.thresholds(self.files())
        self.assertNotEqual(defaults, {})
        for name in defaults:
            groups = self.groups("--set", f"prometheus.rules.thresholds.{name}=12.5")
            self.assertEqual(self.thresholds(groups), {**defaults, name: "vector(12.5)"})

    def a_threshold_that_is_not_there_fails_with_its_name(self):
        said = refusal(*ci("rules"), "--set", "prometheus.rules.thresholds.spice=1")
        self.assertIn("no threshold is called spice; there are " + ", ".join(self.thresholds(self.files())), said)

    def runbooks(self, *flags):
        rules = [rule for group in self.groups(*flags) for rule in group["rules"]]
        return {rule["alert"]: rule["annotations"]["runbook_url"] for rule in rules if "alert" in rule}

    def runbooks_are_where_the_value_says(self):
        base = "https://wiki.example.com/packetdrop"
        moved = self.runbooks("--set", f"prometheus.rules.runbookBaseUrl={base}")
        self.assertEqual(moved, {alert: f"{base}/{alert}.md" for alert in self.runbooks()})
        self.assertNotEqual(moved, {})

    def runbooks_are_where_the_exporter_serves_them(self):
        for scheme, port, *settings in (("http", 10942), ("https", 4443, "service.port=4443", "webConfig.scheme=https", "webConfig.existingSecret=s")):
            for alert, url in self.runbooks(*sets(*settings)).items():
                self.assertIn(f"{scheme}://{{{{", url)
                self.assertIn(f":{port}{{{{ end }}}}/runbooks/{alert}", url)

    def jobs(self, *flags):
        """The matchers of the job, in all expressions."""
        return {found for group in self.groups(*flags) for rule in group["rules"] for found in re.findall(r'job=~"([^"]*)"', rule["expr"])}

    def watch_the_job_that_the_monitor_makes(self):
        monitor, pod_monitor = "prometheus.monitor.enabled=true", "prometheus.podMonitor.enabled=true"
        named = "nameOverride=packets"
        for job, *settings in (
            ("packetdrop-exporter", monitor),
            ("packetdrop-exporter", pod_monitor),
            ("packets", monitor, named),
            ("packets", pod_monitor, named),
            ("network", monitor, "prometheus.monitor.jobLabel=team", "service.labels.team=network"),
            ("network", pod_monitor, "prometheus.podMonitor.jobLabel=team", "commonLabels.team={{ print `network` }}"),
            ("r-packetdrop-exporter", monitor, "prometheus.monitor.jobLabel=none"),
            ("n/r-packetdrop-exporter", pod_monitor, "prometheus.podMonitor.jobLabel=none"),
            ("pods", "prometheus.rules.job=po.*"),
        ):
            found = self.jobs(*sets(*settings))
            self.assertEqual(len(found), 1, settings)
            matcher = found.pop().replace("\\\\", "\\")
            self.assertTrue(re.fullmatch(matcher, job), f"{settings}: {matcher} does not match {job}")

    def dashboards_are_those_of_the_files(self):
        files = sorted((ROOT / "grafana" / "dashboards").glob("*.json"))
        self.assertNotEqual(files, [])
        maps = [each for each in render(*ci("dashboards")) if each["kind"] == "ConfigMap"]
        made = {name: json.loads(text) for each in maps for name, text in each["data"].items()}
        self.assertEqual(made, {f"packetdrop-{file.name}": json.loads(file.read_text()) for file in files})

    def dashboards_link_to_where_runbooks_are(self):
        def links(*settings):
            text = json.dumps([each["data"] for each in render(*ci("dashboards"), *sets(*settings)) if each["kind"] == "ConfigMap"])
            return set(re.findall(r"https?://[^\\\"]*", text)), text

        pages, _ = links()
        self.assertTrue(all(page.startswith("http://${exporter}/runbooks/") for page in pages), pages)
        base = "https://wiki.example.com/packetdrop"
        moved, _ = links(f"prometheus.rules.runbookBaseUrl={base}")
        names = {page.removeprefix("http://${exporter}/runbooks/") or "README" for page in pages}
        self.assertGreater(len(names), 3)
        self.assertEqual(moved, {f"{base}/{name}.md" for name in names})
        secure, text = links("service.port=4443", "webConfig.scheme=https", "webConfig.existingSecret=s")
        self.assertEqual(secure, {page.replace("http://", "https://") for page in pages})
        self.assertIn("$1:4443", text)
        self.assertNotIn("10942", text)


def main():
    """chart_test.py CLASS.CASE, or CLASS.ARGUMENT where the class has check(argument)."""
    name, case = sys.argv[1].split(".", maxsplit=1)
    suite = globals()[name]
    if not hasattr(suite, case):
        argument, case = case, "each"
        suite.each = lambda self: self.check(argument)
    result = unittest.TextTestRunner(verbosity=2).run(suite(case))
    sys.exit(not result.wasSuccessful())


if __name__ == "__main__":
    main()
