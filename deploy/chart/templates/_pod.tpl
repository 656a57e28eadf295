{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{/* Flags, annotations and volumes of the pod. */}}

{{- define "packetdrop.args" -}}
{{- $port := int .Values.service.port -}}
{{- if .Values.service.listenOnAllInterfaces }}
- --web.listen-address=:{{ $port }}
{{- else }}
- --web.listen-address=$(HOST_IP):{{ $port }}
- --web.listen-address=127.0.0.1:{{ $port }}
{{- end }}
- --source={{ .Values.source }}
{{- /* What may not switch the module on would only log that it could not. */}}
{{- if or (not .Values.activate) (and (eq .Values.source "kmod") (not .Values.kmod.activate)) }}
- --no-activate
{{- end }}
- --web.telemetry-path={{ .Values.web.telemetryPath }}
{{- if not .Values.web.controlApi }}
- --web.disable-control-api
{{- end }}
{{- if include "packetdrop.webConfigSecret" . }}
- --web.config.file=/etc/packetdrop/web/web.yml
{{- end }}
- --log.level={{ .Values.log.level }}
- --log.format={{ .Values.log.format }}
{{- range .Values.extraArgs }}
- {{ . | quote }}
{{- end }}
{{- end -}}

{{- define "packetdrop.podAnnotations" -}}
kubectl.kubernetes.io/default-container: exporter
cluster-autoscaler.kubernetes.io/safe-to-evict: "true"
{{- if and .Values.kmod.activate (not (include "packetdrop.hasAppArmorField" .)) }}
container.apparmor.security.beta.kubernetes.io/exporter: unconfined
{{- end }}
{{- with .Values.prometheus }}
{{- if and .annotations.enabled (not .monitor.enabled) (not .podMonitor.enabled) }}
prometheus.io/scrape: "true"
prometheus.io/port: {{ $.Values.service.port | quote }}
prometheus.io/path: {{ $.Values.web.telemetryPath }}
prometheus.io/scheme: {{ include "packetdrop.scheme" $ }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Folders, not files: a file mounted by subPath never sees that its Secret changed. */}}
{{- define "packetdrop.secrets" -}}
web: {{ include "packetdrop.webConfigSecret" . | quote }}
tls: {{ .Values.webConfig.tlsSecret | quote }}
probe: {{ .Values.probe.clientSecret | quote }}
{{- end -}}

{{- define "packetdrop.volumes" -}}
{{- range $name, $secret := include "packetdrop.secrets" . | fromYaml }}
{{- if $secret }}
- name: {{ $name }}
  secret:
    secretName: {{ $secret | quote }}
    defaultMode: 0400
{{- end }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "packetdrop.volumeMounts" -}}
{{- range $name, $secret := include "packetdrop.secrets" . | fromYaml }}
{{- if $secret }}
- name: {{ $name }}
  mountPath: /etc/packetdrop/{{ $name }}
  readOnly: true
{{- end }}
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}
