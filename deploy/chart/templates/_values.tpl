{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{/* What null means in values. Helm removes a key whose value is null, so a template would find nothing there. */}}

{{/* Puts the defaults back where null removed them. Each template calls it first; a second call changes nothing. */}}
{{- define "packetdrop.restoreDefaults" -}}
{{- include "packetdrop.restore" (list .Values (.Files.Get "files/defaults.yaml" | fromYaml)) -}}
{{- /* In a security context null is said of what the chart makes, and removed later. */ -}}
{{- range $key, $value := omit .Values "containerSecurityContext" -}}
{{- if kindIs "map" $value }}{{ include "packetdrop.prune" $value }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* Removes keys that are null: Helm leaves those that have no default, as a label of another file. */}}
{{- define "packetdrop.prune" -}}
{{- $map := . -}}
{{- range $key, $value := . -}}
{{- if kindIs "invalid" $value -}}
{{- $_ := unset $map $key -}}
{{- else if kindIs "map" $value -}}
{{- include "packetdrop.prune" $value -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Of (list VALUES DEFAULTS). What goes into an object as it stands is empty after null; all else has its default. A probe stays away. */}}
{{- define "packetdrop.restore" -}}
{{- $values := index . 0 -}}
{{- range $key, $default := index . 1 -}}
{{- $absent := kindIs "invalid" (index $values $key) -}}
{{- if has $key (list "livenessProbe" "readinessProbe") -}}
{{- else if has $key (list "affinity" "labels" "nodeSelector" "registry" "relabelings" "resources" "securityContext" "tolerations" "updateStrategy") -}}
{{- if $absent }}{{ $_ := set $values $key (get (dict "map" (dict) "slice" (list) "string" "") (kindOf $default)) }}{{ end -}}
{{- else if $absent -}}
{{- $_ := set $values $key $default -}}
{{- else if kindIs "map" $default -}}
{{- include "packetdrop.restore" (list (index $values $key) $default) -}}
{{- end -}}
{{- end -}}
{{- end -}}
