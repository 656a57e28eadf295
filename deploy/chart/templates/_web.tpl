{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{/* How the exporter is reached: its web configuration, and what that means for whoever asks it. */}}

{{/* The Secret with web.yml, or nothing. */}}
{{- define "packetdrop.webConfigSecret" -}}
{{- if .Values.webConfig.existingSecret -}}
{{- .Values.webConfig.existingSecret -}}
{{- else if .Values.webConfig.config -}}
{{- include "packetdrop.fullname" . }}-web
{{- end -}}
{{- end -}}

{{- define "packetdrop.scheme" -}}
{{- .Values.webConfig.scheme | default (hasKey .Values.webConfig.config "tls_server_config" | ternary "https" "http") -}}
{{- end -}}

{{- define "packetdrop.healthProbe" -}}
{{- if eq .Values.probe.type "exec" -}}
exec:
  command:
    - /usr/bin/packetdrop_exporter
    - --probe={{ include "packetdrop.scheme" . }}://127.0.0.1:{{ .Values.service.port }}/-/healthy
    {{- with include "packetdrop.probeCertificate" . }}
    {{- . | nindent 4 }}
    {{- end }}
{{- else -}}
httpGet:
  path: /-/healthy
  port: {{ .Values.service.portName | quote }}
  scheme: {{ include "packetdrop.scheme" . | upper }}
{{- end -}}
{{- end -}}

{{/* Flags that show the client certificate, for `exec` and the test; without TLS there is nobody to show it to. */}}
{{- define "packetdrop.probeCertificate" -}}
{{- if and .Values.probe.clientSecret (eq (include "packetdrop.scheme" .) "https") -}}
- --probe.certificate=/etc/packetdrop/probe/tls.crt
- --probe.key=/etc/packetdrop/probe/tls.key
{{- end -}}
{{- end -}}

{{/* What would come up and then never turn ready is refused here. */}}
{{- define "packetdrop.checkWeb" -}}
{{- with .Values.webConfig -}}
{{- if and .config .existingSecret -}}
{{- fail "webConfig.config and webConfig.existingSecret are both set; one of them has to go" -}}
{{- end -}}
{{- $clientAuth := dig "tls_server_config" "client_auth_type" "" .config -}}
{{- if and (has $clientAuth (list "RequireAnyClientCert" "RequireAndVerifyClientCert")) (or (ne $.Values.probe.type "exec") (not $.Values.probe.clientSecret)) -}}
{{- fail (printf "with client_auth_type %s the kubelet cannot probe: set probe.type to exec, and probe.clientSecret to a Secret with a client certificate" $clientAuth) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A dashboard of (list . PATH) whose links lead to where runbooks are; the file has them where an exporter without
     a web configuration serves them. */}}
{{- define "packetdrop.dashboard" -}}
{{- $root := index . 0 -}}
{{- $text := $root.Files.Get (index . 1) | replace "$1:10942" (printf "$1:%v" $root.Values.service.port) -}}
{{- with $root.Values.prometheus.rules.runbookBaseUrl -}}
{{- $text = regexReplaceAll "http://[$][{]exporter[}]/runbooks/\"" $text (printf "%s/README.md\"" .) -}}
{{- $text = regexReplaceAll "http://[$][{]exporter[}]/runbooks/([A-Za-z]+)" $text (printf "%s/${1}.md" .) -}}
{{- end -}}
{{- $text | replace "http://${exporter}" (printf "%s://${exporter}" (include "packetdrop.scheme" $root)) -}}
{{- end -}}
