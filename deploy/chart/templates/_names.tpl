{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{/* Names, labels and the image. */}}

{{- define "packetdrop.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* The release's name where it already says what this is, else both. 50 leaves room for the endings of objects. */}}
{{- define "packetdrop.fullname" -}}
{{- $name := include "packetdrop.name" . -}}
{{- $both := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- default $both .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "packetdrop.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{- define "packetdrop.chart" -}}
{{- printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" -}}
{{- end -}}

{{- define "packetdrop.selectorLabels" -}}
app.kubernetes.io/name: {{ include "packetdrop.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/* Labels of a value with what stands in {{ }} evaluated, of (list . LABELS). */}}
{{- define "packetdrop.evaluate" -}}
{{- $root := index . 0 -}}
{{- $labels := dict -}}
{{- range $key, $value := index . 1 -}}
{{- $_ := set $labels (tpl $key $root) (tpl $value $root) -}}
{{- end -}}
{{- toYaml $labels -}}
{{- end -}}

{{/* Merged, not one below the other: a key that stands twice is no YAML. Selectors find objects by two of them, which no value changes. */}}
{{- define "packetdrop.labels" -}}
{{- $made := dict
  "helm.sh/chart" (include "packetdrop.chart" .)
  "app.kubernetes.io/managed-by" .Release.Service
  "app.kubernetes.io/version" .Chart.AppVersion
  "app.kubernetes.io/component" "metrics"
-}}
{{- $common := include "packetdrop.evaluate" (list . .Values.commonLabels) | fromYaml -}}
{{- mergeOverwrite $made $common (include "packetdrop.selectorLabels" . | fromYaml) | toYaml -}}
{{- end -}}

{{/* The same and those of a value, of (list . LABELS). */}}
{{- define "packetdrop.labelsAnd" -}}
{{- mergeOverwrite (include "packetdrop.labels" (index . 0) | fromYaml) (include "packetdrop.evaluate" . | fromYaml) | toYaml -}}
{{- end -}}

{{- define "packetdrop.serviceLabels" -}}
{{- mergeOverwrite (include "packetdrop.evaluate" (list . .Values.service.labels) | fromYaml) (include "packetdrop.labels" . | fromYaml) | toYaml -}}
{{- end -}}

{{/* Without the chart's version, which would restart every pod for a new chart alone. */}}
{{- define "packetdrop.podLabels" -}}
{{- $labels := include "packetdrop.evaluate" (list . .Values.commonLabels) | fromYaml -}}
{{- $labels = mergeOverwrite $labels (include "packetdrop.evaluate" (list . .Values.podLabels) | fromYaml) -}}
{{- mergeOverwrite $labels (include "packetdrop.selectorLabels" . | fromYaml) | toYaml -}}
{{- end -}}

{{- define "packetdrop.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary (include "packetdrop.fullname" .) "default") -}}
{{- end -}}

{{- define "packetdrop.image" -}}
{{- with .Values.image -}}
{{- with $.Values.global.imageRegistry | default .registry }}{{ . }}/{{ end }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ with .digest }}@{{ . }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* Those of all charts and of this one. Some charts name them by plain strings. */}}
{{- define "packetdrop.imagePullSecrets" -}}
{{- $secrets := list -}}
{{- range concat .Values.global.imagePullSecrets .Values.imagePullSecrets -}}
{{- $secrets = append $secrets (kindIs "string" . | ternary (dict "name" .) .) -}}
{{- end -}}
{{- uniq $secrets | toYaml -}}
{{- end -}}
