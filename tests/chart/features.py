# SPDX-License-Identifier: Apache-2.0
"""What each file in deploy/chart/ci has to make: (kind, path, value), or None for a kind that must
not be there. A path that ends in [] names a list that must hold the value."""

from helm import version_file

POD = "spec.template.spec"
CONTAINER = f"{POD}.containers.0"
CAPABILITIES = f"{CONTAINER}.securityContext.capabilities"
HTTPS = ("DaemonSet", f"{CONTAINER}.livenessProbe.httpGet.scheme", "HTTPS")
WEB_CONFIG_FLAG = ("DaemonSet", f"{CONTAINER}.args[]", "--web.config.file=/etc/packetdrop/web/web.yml")
INSTANCE_IS_NODE = {"sourceLabels": ["__meta_kubernetes_pod_node_name"], "targetLabel": "instance"}
PROBE = [
    "/usr/bin/packetdrop_exporter",
    "--probe=https://127.0.0.1:10942/-/healthy",
    "--probe.certificate=/etc/packetdrop/probe/tls.crt",
    "--probe.key=/etc/packetdrop/probe/tls.key",
]


def secret_volume(name, secret):
    return {"name": name, "secret": {"secretName": secret, "defaultMode": 0o400}}


def mount(name):
    return {"name": name, "mountPath": f"/etc/packetdrop/{name}", "readOnly": True}


FEATURES = {
    "basic-auth": [
        ("Secret", "metadata.name", "r-packetdrop-exporter-web"),
        WEB_CONFIG_FLAG,
        ("DaemonSet", f"{POD}.volumes[]", secret_volume("web", "r-packetdrop-exporter-web")),
        ("DaemonSet", f"{CONTAINER}.volumeMounts[]", mount("web")),
        ("DaemonSet", f"{CONTAINER}.readinessProbe.httpGet.scheme", "HTTP"),
        ("ServiceMonitor", "spec.endpoints.0.basicAuth.password.key", "password"),
    ],
    "btf-file": [
        ("DaemonSet", f"{CONTAINER}.args[]", "--bpf.btf=/btf/vmlinux"),
        ("DaemonSet", f"{POD}.volumes.0.hostPath.path", "/var/lib/btf"),
        ("DaemonSet", f"{CONTAINER}.volumeMounts.0.mountPath", "/btf"),
    ],
    "client-certificates": [
        ("DaemonSet", f"{CONTAINER}.livenessProbe.exec.command", PROBE),
        ("DaemonSet", f"{CONTAINER}.readinessProbe.exec.command", PROBE),
        ("DaemonSet", f"{CONTAINER}.livenessProbe.httpGet", None),
        ("DaemonSet", f"{POD}.volumes[]", secret_volume("probe", "packetdrop-probe")),
        ("DaemonSet", f"{CONTAINER}.volumeMounts[]", mount("probe")),
    ],
    "dashboards": [
        ("ConfigMap", "metadata.labels.grafana_dashboard", "1"),
        ("ConfigMap", "metadata.annotations.grafana_folder", "Network"),
        ("ConfigMap", "metadata.namespace", "monitoring"),
    ],
    "default": [
        ("Secret", None),
        ("ConfigMap", None),
        ("NetworkPolicy", None),
        ("ServiceMonitor", None),
        ("PodMonitor", None),
        ("PrometheusRule", None),
        ("Service", "spec.clusterIP", "None"),
        ("DaemonSet", "spec.template.metadata.annotations.'prometheus.io/scrape'", "true"),
        ("DaemonSet", "spec.template.metadata.annotations.'prometheus.io/port'", "10942"),
    ],
    "dual-stack": [
        ("Service", "spec.ipFamilies", ["IPv4"]),
        ("Service", "spec.ipFamilyPolicy", "PreferDualStack"),
    ],
    "existing-web-config": [
        ("Secret", None),
        WEB_CONFIG_FLAG,
        HTTPS,
        ("DaemonSet", f"{POD}.volumes[]", secret_volume("web", "packetdrop-web")),
        ("DaemonSet", "spec.template.metadata.annotations.'prometheus.io/scheme'", "https"),
    ],
    "extras": [
        ("DaemonSet", "metadata.namespace", "observability"),
        ("Service", "metadata.namespace", "observability"),
        ("ServiceAccount", "metadata.namespace", "observability"),
        ("DaemonSet", f"{CONTAINER}.name", "exporter"),
        ("DaemonSet", f"{POD}.containers.1.image", "localhost/pause:1"),
        ("ConfigMap", "metadata", {"name": "r-packetdrop-exporter-notes", "namespace": "observability"}),
        ("ConfigMap", "data.port", "10942"),
        ("PodDisruptionBudget", "metadata.name", "r-budget"),
        ("PodDisruptionBudget", "spec.selector.matchLabels.'app.kubernetes.io/instance'", "r"),
    ],
    "global": [
        ("DaemonSet", f"{CONTAINER}.image", f"mirror.example.com/packetdrop-exporter:{version_file()}"),
        ("DaemonSet", f"{POD}.imagePullSecrets", [{"name": "mirror"}, {"name": "plain"}, {"name": "registry"}]),
    ],
    "image": [
        (
            "DaemonSet",
            f"{CONTAINER}.image",
            "registry.example.com:5000/monitoring/packetdrop-exporter:0.1@sha256:" + "0123456789abcdef" * 4,
        ),
        ("DaemonSet", f"{CONTAINER}.imagePullPolicy", "Always"),
        ("DaemonSet", f"{POD}.imagePullSecrets", [{"name": "registry"}]),
    ],
    "kmod": [
        ("DaemonSet", CAPABILITIES, {"drop": ["ALL"]}),
        ("DaemonSet", f"{CONTAINER}.args[]", "--source=kmod"),
        ("DaemonSet", f"{CONTAINER}.args[]", "--no-activate"),
        ("DaemonSet", f"{POD}.volumes", None),
    ],
    "kmod-activate": [
        ("DaemonSet", f"{CAPABILITIES}.add", ["BPF", "PERFMON", "SYSLOG", "NET_ADMIN"]),
        ("DaemonSet", f"{CONTAINER}.args[]", "--source=all"),
        ("DaemonSet", f"{CONTAINER}.securityContext.appArmorProfile.type", "Unconfined"),
    ],
    "legacy-capabilities": [
        ("DaemonSet", f"{CAPABILITIES}.add", ["SYS_ADMIN", "SYS_RESOURCE", "SYSLOG"]),
        # The API server refuses CAP_SYS_ADMIN beside false.
        ("DaemonSet", f"{CONTAINER}.securityContext.allowPrivilegeEscalation", True),
    ],
    "load-balanced": [
        ("Service", "spec.type", "NodePort"),
        ("Service", "spec.clusterIP", None),
        ("Service", "spec.externalTrafficPolicy", "Local"),
        ("Service", "spec.internalTrafficPolicy", "Local"),
        ("Service", "spec.ports.0", {"name": "metrics", "port": 80, "targetPort": "metrics", "protocol": "TCP", "nodePort": 30942}),
        ("Service", "metadata.labels.team", "network"),
        ("Service", "metadata.annotations.'example.com/owner'", "network"),
        ("DaemonSet", f"{CONTAINER}.ports.0.containerPort", 10942),
    ],
    "metadata": [
        ("DaemonSet", "metadata.name", "packets-and-drops"),
        ("DaemonSet", "metadata.labels.team", "network"),
        ("DaemonSet", "metadata.labels.release", "r"),
        ("DaemonSet", "metadata.labels.'app.kubernetes.io/component'", "agent"),
        ("DaemonSet", "metadata.labels.'app.kubernetes.io/name'", "packets"),
        ("DaemonSet", "spec.template.metadata.labels.'app.kubernetes.io/name'", "packets"),
        ("DaemonSet", "spec.template.metadata.labels.release", "r"),
        ("DaemonSet", "spec.template.metadata.labels.version", version_file()),
        ("DaemonSet", "metadata.annotations.'example.com/owner'", "network"),
        ("DaemonSet", "spec.selector.matchLabels.'app.kubernetes.io/name'", "packets"),
        ("DaemonSet", "spec.template.metadata.labels.tier", "node"),
        ("DaemonSet", "spec.template.metadata.annotations.'example.com/note'", "yes"),
        ("DaemonSet", f"{POD}.serviceAccountName", "packets"),
        ("ServiceAccount", None),
    ],
    "network-policy": [
        ("NetworkPolicy", "spec.ingress", [{"ports": [{"port": 10942, "protocol": "TCP"}]}]),
        ("NetworkPolicy", "spec.egress", []),
        ("NetworkPolicy", "spec.policyTypes", ["Ingress", "Egress"]),
    ],
    "no-service": [
        ("Service", None),
        ("PodMonitor", "spec.podMetricsEndpoints.0.port", "metrics"),
        ("PodMonitor", "spec.podMetricsEndpoints.0.scheme", "http"),
        ("PodMonitor", "spec.podMetricsEndpoints.0.path", "/metrics"),
        ("PodMonitor", "spec.podMetricsEndpoints.0.interval", "15s"),
        ("PodMonitor", "spec.podMetricsEndpoints.0.relabelings", [INSTANCE_IS_NODE]),
        ("PodMonitor", "spec.podTargetLabels", ["team"]),
        ("PodMonitor", "spec.attachMetadata", {"node": True}),
        ("PodMonitor", "spec.sampleLimit", 3000),
        ("PodMonitor", "metadata.labels.release", "kube-prometheus-stack"),
        ("DaemonSet", "spec.template.metadata.annotations.'prometheus.io/scrape'", None),
    ],
    "no-probes": [
        ("DaemonSet", f"{CONTAINER}.livenessProbe", None),
        ("DaemonSet", f"{CONTAINER}.readinessProbe", None),
        ("DaemonSet", f"{CONTAINER}.resources", None),
        ("DaemonSet", f"{POD}.tolerations", None),
        ("DaemonSet", f"{POD}.nodeSelector", None),
        ("DaemonSet", f"{POD}.affinity", None),
        ("DaemonSet", f"{POD}.securityContext", None),
        ("DaemonSet", "spec.updateStrategy", {}),
    ],
    "node-address": [
        ("Service", "spec.ports.0.nodePort", None),
        ("DaemonSet", f"{CONTAINER}.args[]", "--web.listen-address=$(HOST_IP):19942"),
        ("DaemonSet", f"{CONTAINER}.args[]", "--web.listen-address=127.0.0.1:19942"),
        ("DaemonSet", f"{CONTAINER}.env.0.valueFrom.fieldRef.fieldPath", "status.hostIP"),
        ("DaemonSet", f"{CONTAINER}.ports.0.containerPort", 19942),
        ("Service", "spec.ports.0.port", 19942),
    ],
    "openshift": [
        ("DaemonSet", f"{CONTAINER}.securityContext.seLinuxOptions.type", "spc_t"),
        ("DaemonSet", f"{CONTAINER}.securityContext.runAsUser", 0),
        ("RoleBinding", "roleRef.name", "system:openshift:scc:privileged"),
        ("RoleBinding", "subjects.0.name", "r-packetdrop-exporter"),
        ("RoleBinding", "subjects.0.namespace", "n"),
    ],
    "pod-network": [
        ("DaemonSet", f"{POD}.hostNetwork", False),
        ("NetworkPolicy", "spec.ingress.0.ports.0.port", 10942),
        ("NetworkPolicy", "spec.podSelector.matchLabels.'app.kubernetes.io/instance'", "r"),
    ],
    "quiet": [
        ("DaemonSet", f"{CONTAINER}.args[]", "--no-activate"),
        ("DaemonSet", f"{CONTAINER}.args[]", "--web.disable-control-api"),
        ("DaemonSet", f"{CONTAINER}.args[]", "--web.telemetry-path=/packets"),
        ("DaemonSet", f"{CONTAINER}.args[]", "--log.level=warn"),
        ("DaemonSet", f"{CONTAINER}.args[]", "--log.format=json"),
        ("DaemonSet", f"{CONTAINER}.env", [{"name": "TZ", "value": "UTC"}]),
        ("DaemonSet", "spec.template.metadata.annotations.'prometheus.io/scrape'", None),
    ],
    "raise-memlock": [
        ("DaemonSet", f"{CAPABILITIES}.add", ["BPF", "PERFMON", "SYSLOG", "SYS_RESOURCE"]),
        ("DaemonSet", f"{CONTAINER}.securityContext.allowPrivilegeEscalation", False),
    ],
    "rules": [
        ("PrometheusRule", "metadata.labels.release", "kube-prometheus-stack"),
        ("PrometheusRule", "metadata.namespace", "n"),
        ("PrometheusRule", "spec.groups.0.rules.0.record", "packetdrop:drop_spike_floor:threshold"),
        ("PrometheusRule", "spec.groups.0.rules.0.expr", "vector(50)"),
    ],
    "scheduling": [
        ("DaemonSet", f"{POD}.priorityClassName", "system-node-critical"),
        ("DaemonSet", f"{POD}.tolerations.0.key", "node-role.kubernetes.io/control-plane"),
        ("DaemonSet", f"{POD}.nodeSelector.'kubernetes.io/arch'", "amd64"),
        ("DaemonSet", f"{POD}.affinity", None),
        ("DaemonSet", f"{POD}.terminationGracePeriodSeconds", 5),
        ("DaemonSet", "spec.updateStrategy", {"type": "OnDelete"}),
        ("DaemonSet", "spec.revisionHistoryLimit", 3),
        ("DaemonSet", f"{CONTAINER}.resources.limits.cpu", "200m"),
        ("DaemonSet", f"{CONTAINER}.livenessProbe.periodSeconds", 30),
        ("DaemonSet", f"{CONTAINER}.livenessProbe.timeoutSeconds", 5),
    ],
    "service-monitor": [
        ("ServiceMonitor", "metadata.namespace", "monitoring"),
        ("ServiceMonitor", "metadata.labels.release", "kube-prometheus-stack"),
        ("ServiceMonitor", "spec.namespaceSelector.matchNames", ["n"]),
        ("ServiceMonitor", "spec.selector.matchLabels.'app.kubernetes.io/instance'", "r"),
        ("ServiceMonitor", "spec.endpoints.0.port", "metrics"),
        ("ServiceMonitor", "spec.endpoints.0.scrapeTimeout", "10s"),
        ("ServiceMonitor", "spec.endpoints.0.relabelings", [INSTANCE_IS_NODE]),
        ("ServiceMonitor", "spec.endpoints.0.metricRelabelings.0.action", "drop"),
        ("ServiceMonitor", "spec.sampleLimit", 3000),
        ("DaemonSet", "spec.template.metadata.annotations.'prometheus.io/scrape'", None),
    ],
    "tls": [
        WEB_CONFIG_FLAG,
        HTTPS,
        ("DaemonSet", f"{POD}.volumes[]", secret_volume("tls", "packetdrop-tls")),
        ("DaemonSet", f"{CONTAINER}.volumeMounts[]", mount("tls")),
        ("PodMonitor", "spec.podMetricsEndpoints.0.scheme", "https"),
        ("PodMonitor", "spec.podMetricsEndpoints.0.tlsConfig.insecureSkipVerify", True),
    ],
}
