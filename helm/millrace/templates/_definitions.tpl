{{/* Rules and sources as the data of a ConfigMap. */}}
{{- define "millrace.definitions" -}}
{{- with .Values.rules }}
rules.json: {{ toPrettyJson . | quote }}
{{- end }}
{{- range $name, $declaration := .Values.sources }}
source-{{ $name }}.json: {{ merge (dict "name" $name) $declaration | toPrettyJson | quote }}
{{- end }}
{{- end -}}

{{- define "millrace.rulesEnv" -}}
{{- if .Values.rules }}
- {name: MILLRACE_RULES, value: /etc/millrace/definitions/rules.json}
{{- end }}
{{- end -}}

{{/* Names of built-in declarations, and paths of those that the values declare. */}}
{{- define "millrace.sourcesEnv" -}}
{{- $all := list }}
{{- range $name := .Values.ods.sources }}
{{- $all = append $all (ternary (printf "/etc/millrace/definitions/source-%s.json" $name) $name (hasKey $.Values.sources $name)) }}
{{- end }}
- {name: MILLRACE_SOURCES, value: {{ join "," $all | quote }}}
{{- end -}}
