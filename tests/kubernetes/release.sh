# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# For the scripts of this folder: the node, the release of the chart on it, and its exporter.

# shellcheck source=tests/support/cases.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/cases.sh"

version=$(head -n 1 "$source_dir/kmod/VERSION")
node=${PACKETDROP_NODE:-$build_dir/kubernetes}
chart=$node/packetdrop-exporter-$version.tgz # packaged, as it is published
image=$build_dir/image/packetdrop-exporter-$version-amd64.tar
release=pd
object=$release-packetdrop-exporter
url=http://127.0.0.1:10942

on_node() { "$node/in" "$@"; }
# Where a values file has namespaceOverride, namespace is set before what asks for its objects.
kubectl() { on_node kubectl ${namespace:+--namespace="$namespace"} "$@"; }
helm() { on_node "$(helm_program)" "$@"; }
helm_program() { echo "${PACKETDROP_HELM:-$("$source_dir/tests/tools/build" helm)/helm}"; }

# shellcheck disable=SC2120 # arguments are for curl
metrics() { on_node curl -sf "$@" "$url/metrics"; }

# value NAME [LABEL...]: the sum of that metric's series that have all of these, each as hook="x".
value() {
  metrics | awk -v wanted="$*" '
    BEGIN { count = split(wanted, parts, " ") }
    $1 ~ "^" parts[1] "([{]|$)" {
      for (i = 2; i <= count; i++) if (!index($1, parts[i])) next
      sum += $2
    }
    END { printf "%d\n", sum }'
}

has_a_ready_pod() { (($(kubectl get "daemonset/$object" -o 'jsonpath={.status.numberReady}') >= 1)); }

# For a DaemonSet "helm --wait" waits for nothing where there is one node, and "rollout status" is
# content with no pod at all.
is_rolled_out() {
  kubectl rollout status "daemonset/$object" --timeout=60s >/dev/null && has_a_ready_pod
}

# install [FLAG...]: installs or upgrades with just these flags, and waits for the pod.
install() {
  # Without --reset-values and other values Helm would keep those of the release before.
  helm upgrade --install --reset-values "$release" "$chart" "$@" >/dev/null
  (until_true 30 "${come_up:-is_rolled_out}") || explain
}

explain() {
  kubectl get pods -o wide
  kubectl describe daemonset,pods | tail -n 40
  fail "the pod does not come up"
}

uninstall() {
  helm uninstall "$release" --wait --ignore-not-found >/dev/null
  kubectl wait --for=delete pod -A -l "app.kubernetes.io/instance=$release" --timeout=30s >/dev/null
}

# The exporter's process in the pod, as the node sees it.
exporter_pid() { on_node pgrep -n -x packetdrop_expo; }

status_of() { on_node awk -v name="$2:" '$1 == name { print $2 }' "/proc/$1/status"; }

pod_ip() { kubectl get pods -l "app.kubernetes.io/instance=$release" -o 'jsonpath={.items[0].status.podIP}'; }

restarts() {
  kubectl get pods -l "app.kubernetes.io/instance=$release" \
    -o 'jsonpath={.items[*].status.containerStatuses[*].restartCount}'
}

# CAPABILITIES of a set as /proc shows it, of bits named here.
capability_mask() {
  local -A bits=([NET_ADMIN]=12 [SYS_ADMIN]=21 [SYS_RESOURCE]=24 [SYSLOG]=34 [PERFMON]=38 [BPF]=39)
  local name mask=0
  for name; do ((mask |= 1 << bits[$name])); done
  printf '%016x' $mask
}

# pod_with_address NAME: a pod that does nothing, with an address of its own; prints the process
# that holds its namespaces.
pod_with_address() {
  kubectl run "$1" --image=localhost/pause:1 --image-pull-policy=Never --restart=Never >/dev/null
  kubectl wait --for=condition=Ready "pod/$1" --timeout=30s >/dev/null
  local pid
  for pid in $(on_node pgrep -x pause); do
    [[ $(on_node readlink "/proc/$pid/ns/net") == $(on_node readlink /proc/1/ns/net) ]] || echo "$pid"
  done | tail -n 1
}
