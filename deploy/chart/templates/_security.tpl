{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{/* What the exporter may do, and nothing else. */}}

{{/* The module asks for CAP_NET_ADMIN on the node's network, and for that to switch it alone; whoever only reads it needs nothing. */}}
{{- define "packetdrop.capabilities" -}}
{{- if and .Values.kmod.activate (not .Values.hostNetwork) -}}
{{- fail "kmod.activate needs hostNetwork: the module is switched from the node's network only" -}}
{{- end -}}
{{- $add := list -}}
{{- if ne .Values.source "kmod" -}}
{{- $add = .Values.legacyCapabilities | ternary (list "SYS_ADMIN" "SYS_RESOURCE" "SYSLOG") (list "BPF" "PERFMON" "SYSLOG") -}}
{{- if .Values.raiseMemlock }}{{ $add = append $add "SYS_RESOURCE" | uniq }}{{ end -}}
{{- end -}}
{{- if .Values.kmod.activate }}{{ $add = append $add "NET_ADMIN" }}{{ end -}}
drop: [ALL]
{{- with $add }}
add: {{ toJson . }}
{{- end }}
{{- end -}}

{{/* AppArmor's default profile denies writing below /proc/mooc. Kubernetes before 1.30 has an annotation for it. */}}
{{- define "packetdrop.hasAppArmorField" -}}
{{- if semverCompare ">=1.30-0" .Capabilities.KubeVersion.Version }}true{{ end -}}
{{- end -}}

{{- define "packetdrop.containerSecurityContext" -}}
{{- $made := dict
  "runAsUser" 0
  "capabilities" (include "packetdrop.capabilities" . | fromYaml)
  "readOnlyRootFilesystem" true
  "allowPrivilegeEscalation" (and .Values.legacyCapabilities (ne .Values.source "kmod"))
-}}
{{- if and .Values.kmod.activate (include "packetdrop.hasAppArmorField" .) -}}
{{- $made = set $made "appArmorProfile" (dict "type" "Unconfined") -}}
{{- end -}}
{{- $made = mergeOverwrite $made (deepCopy .Values.containerSecurityContext) -}}
{{- include "packetdrop.prune" $made -}}
{{- toYaml $made -}}
{{- end -}}

{{/* What the kubelet would not start, or the API server not take, is refused here. */}}
{{- define "packetdrop.checkSecurity" -}}
{{- $context := mergeOverwrite (deepCopy .Values.securityContext) (include "packetdrop.containerSecurityContext" . | fromYaml) -}}
{{- if and $context.runAsNonRoot (eq (int $context.runAsUser) 0) -}}
{{- fail "runAsNonRoot is true in securityContext or containerSecurityContext, and the container runs as uid 0, so no kubelet would start it: remove runAsNonRoot, because Kubernetes gives capabilities to uid 0 only; or, with source kmod, which needs none, set containerSecurityContext.runAsUser" -}}
{{- end -}}
{{- $add := list -}}
{{- range dig "capabilities" "add" (list) $context }}{{ $add = append $add (trimPrefix "CAP_" .) }}{{ end -}}
{{- if and (eq (toString $context.allowPrivilegeEscalation) "false") (or $context.privileged (has "SYS_ADMIN" $add)) -}}
{{- fail "containerSecurityContext has privileged or SYS_ADMIN, and allowPrivilegeEscalation is false, which the API server refuses: set containerSecurityContext.allowPrivilegeEscalation to true" -}}
{{- end -}}
{{- end -}}
