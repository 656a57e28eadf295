{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{/* What the objects for the Prometheus Operator have in common. */}}

{{/* Asks for (list . VALUE KIND). Without the Operator's types an installation would stop half-way. */}}
{{- define "packetdrop.requireOperator" -}}
{{- $root := index . 0 -}}
{{- $type := printf "monitoring.coreos.com/v1/%s" (index . 2) -}}
{{- if not ($root.Capabilities.APIVersions.Has $type) -}}
{{- fail (printf "%s needs the type %s of the Prometheus Operator, which this cluster does not have: install its CRDs first, or set it to false; for helm template add --api-versions %s" (index . 1) (index . 2) $type) -}}
{{- end -}}
{{- end -}}

{{/* One endpoint, of (list . MONITOR). */}}
{{- define "packetdrop.endpoint" -}}
{{- $root := index . 0 -}}
{{- $monitor := index . 1 -}}
port: {{ $root.Values.service.portName | quote }}
{{- $scheme := $monitor.scheme | default (include "packetdrop.scheme" $root) }}
scheme: {{ $scheme }}
path: {{ $root.Values.web.telemetryPath }}
{{- range $key := list "interval" "scrapeTimeout" "proxyUrl" "basicAuth" "authorization" "tlsConfig" "relabelings" "metricRelabelings" }}
{{- with get $monitor $key }}
{{ $key }}: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What else a ServiceMonitor and a PodMonitor both have, of (list . MONITOR). */}}
{{- define "packetdrop.monitorSpec" -}}
{{- $root := index . 0 -}}
{{- $monitor := index . 1 -}}
jobLabel: {{ $monitor.jobLabel | default "app.kubernetes.io/name" | quote }}
namespaceSelector:
  matchNames: [{{ include "packetdrop.namespace" $root | quote }}]
selector:
  {{- with $monitor.selectorOverride }}
  {{- toYaml . | nindent 2 }}
  {{- else }}
  matchLabels:
    {{- include "packetdrop.selectorLabels" $root | nindent 4 }}
  {{- end }}
{{- range $key := list "podTargetLabels" "targetLabels" "attachMetadata" "sampleLimit" }}
{{- with get $monitor $key }}
{{ $key }}: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The job of the series, as the Operator makes it: what the label says that jobLabel names, else a name of its own. */}}
{{- define "packetdrop.job" -}}
{{- if .Values.prometheus.monitor.enabled -}}
{{- $label := .Values.prometheus.monitor.jobLabel | default "app.kubernetes.io/name" -}}
{{- index (include "packetdrop.serviceLabels" . | fromYaml) $label | default (include "packetdrop.fullname" .) -}}
{{- else if .Values.prometheus.podMonitor.enabled -}}
{{- $label := .Values.prometheus.podMonitor.jobLabel | default "app.kubernetes.io/name" -}}
{{- $monitor := .Values.prometheus.podMonitor.namespace | default (include "packetdrop.namespace" .) -}}
{{- index (include "packetdrop.podLabels" . | fromYaml) $label | default (printf "%s/%s" $monitor (include "packetdrop.fullname" .)) -}}
{{- end -}}
{{- end -}}

{{/* What job the rules are to watch in place of their own packetdrop.*; nothing where that holds it. */}}
{{- define "packetdrop.jobRegex" -}}
{{- with .Values.prometheus.rules.job -}}
{{- . -}}
{{- else -}}
{{- with include "packetdrop.job" . -}}
{{- if not (hasPrefix "packetdrop" .) }}{{ regexQuoteMeta . }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
