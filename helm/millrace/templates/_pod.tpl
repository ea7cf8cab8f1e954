{{/* A key of a component, else that of all pods; takes (dict "root" $ "component" "dwd" "key" "env"), gives YAML or nothing. */}}
{{- define "millrace.ofPod" -}}
{{- $own := get (default dict (get .root.Values .component)) .key }}
{{- with (default (get .root.Values.pods .key) $own) }}{{ toYaml . }}{{ end }}
{{- end -}}

{{/* What every pod has beside its containers and volumes; also those of jobs. */}}
{{- define "millrace.podSpec" -}}
serviceAccountName: {{ default (include "millrace.serviceAccountName" .root) .account }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
securityContext: {{ toYaml .root.Values.podSecurityContext | nindent 2 }}
{{- with include "millrace.ofPod" (merge (dict "key" "priorityClassName") .) }}
priorityClassName: {{ . }}
{{- end }}
{{- with include "millrace.ofPod" (merge (dict "key" "nodeSelector") .) }}
nodeSelector: {{ . | nindent 2 }}
{{- end }}
{{- with include "millrace.ofPod" (merge (dict "key" "tolerations") .) }}
tolerations: {{ . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Instances of a component keep away from one another: nodes by affinity, zones by spread. */}}
{{- define "millrace.apart" -}}
affinity:
{{- with include "millrace.ofPod" (merge (dict "key" "affinity") .) }}
{{- . | nindent 2 }}
{{- else }}
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels: {{ include "millrace.selectorLabels" . | nindent 14 }}
{{- end }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{ include "millrace.selectorLabels" . | nindent 8 }}
{{- end -}}

{{- define "millrace.podMetadata" -}}
labels: {{ include "millrace.podLabels" . | nindent 2 }}
  {{- with include "millrace.ofPod" (merge (dict "key" "labels") .) }}{{ . | nindent 2 }}{{ end }}
annotations:
  # Rules and sources are read once, at the start.
  checksum/definitions: {{ include "millrace.definitions" .root | sha256sum }}
  {{- with include "millrace.ofPod" (merge (dict "key" "annotations") .) }}{{ . | nindent 2 }}{{ end }}
{{- end -}}

{{/* The container of a service, up to its startup probe. */}}
{{- define "millrace.container" -}}
{{- $s := get .root.Values .component }}
name: {{ .component }}
image: {{ include "millrace.image" .root | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
args: [{{ .component }}]
securityContext: {{ toYaml .root.Values.securityContext | nindent 2 }}
resources: {{ toYaml $s.resources | nindent 2 }}
livenessProbe:
  httpGet: {path: /healthz/live, port: health}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /healthz/ready, port: health}
  periodSeconds: 5
  timeoutSeconds: 3
{{- end -}}

{{- define "millrace.processEnv" -}}
- {name: MILLRACE_LOG_LEVEL, value: {{ .Values.log.level | quote }}}
- {name: MILLRACE_HEALTH_HOST, value: "0.0.0.0"}
- {name: MILLRACE_HEALTH_PORT, value: "9464"}
{{- with .Values.traces.endpoint }}
- {name: MILLRACE_TRACES_ENDPOINT, value: {{ . | quote }}}
- {name: MILLRACE_TRACES_PERCENT, value: {{ $.Values.traces.percent | quote }}}
{{- end }}
{{- end -}}

{{- define "millrace.epochsEnv" -}}
{{- with .Values.epochs }}
- {name: MILLRACE_EPOCHS, value: {{ join "," . | quote }}}
{{- end }}
{{- end -}}

{{/* Definitions, and every secret in a folder of its own. The check knows neither rules nor sources. */}}
{{- define "millrace.mounts" -}}
{{- if and (ne .component "check") (or .root.Values.rules .root.Values.sources) }}
- {name: definitions, mountPath: /etc/millrace/definitions, readOnly: true}
{{- end }}
{{- range $name, $secret := include "millrace.secrets" . | fromJson }}
- {name: {{ $name }}, mountPath: /etc/millrace/{{ $name }}, readOnly: true}
{{- end }}
{{- end -}}

{{/* `definitions`: the name of the ConfigMap. */}}
{{- define "millrace.volumes" -}}
{{- if and (ne .component "check") (or .root.Values.rules .root.Values.sources) }}
- name: definitions
  configMap:
    name: {{ include "millrace.fullname" .root }}-{{ default "definitions" .definitions }}
{{- end }}
{{- range $name, $secret := include "millrace.secrets" . | fromJson }}
- name: {{ $name }}
  secret:
    secretName: {{ $secret }}
{{- end }}
{{- end -}}
