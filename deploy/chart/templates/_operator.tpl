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
  matchNames: [{{ $root.Release.Namespace | quote }}]
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
