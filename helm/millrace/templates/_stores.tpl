{{/*
What a component is told of a store: its environment, and the secrets that it finds as files. Which component uses which store
is said here once.
*/}}
{{- define "millrace.stores" -}}
{{- get (dict
  "ods" "kafka"
  "dwd" "kafka,s3"
  "dws" "kafka,clickhouse,redis,s3"
  "archive" "kafka,clickhouse"
  "app" "kafka,clickhouse,redis,keys"
  "topics" "kafka"
  "migrate" "clickhouse"
  "check" "check"
) .component -}}
{{- end -}}

{{- define "millrace.storeEnv" -}}
{{- range $store := splitList "," (include "millrace.stores" .) }}
{{- include (printf "millrace.env.%s" $store) $.root }}
{{- end }}
{{- with .root.Values.trust.existingSecret }}
- {name: NODE_EXTRA_CA_CERTS, value: /etc/millrace/trust/{{ $.root.Values.trust.key }}}
{{- end }}
{{- end -}}

{{- define "millrace.env.kafka" -}}
{{- with .Values.kafka }}
- {name: MILLRACE_KAFKA_BROKERS, value: {{ join "," .brokers | quote }}}
- {name: MILLRACE_KAFKA_GROUP_PREFIX, value: {{ .groupPrefix | quote }}}
{{- if .tls.enabled }}
- {name: MILLRACE_KAFKA_TLS, value: "true"}
{{- if .tls.caSecret }}
- {name: MILLRACE_KAFKA_CA_FILE, value: /etc/millrace/kafka-ca/{{ .tls.caKey }}}
{{- end }}
{{- if .tls.clientSecret }}
- {name: MILLRACE_KAFKA_CERT_FILE, value: /etc/millrace/kafka-client/{{ .tls.certKey }}}
- {name: MILLRACE_KAFKA_KEY_FILE, value: /etc/millrace/kafka-client/{{ .tls.keyKey }}}
{{- end }}
{{- end }}
{{- if .sasl.mechanism }}
- {name: MILLRACE_KAFKA_SASL_MECHANISM, value: {{ .sasl.mechanism | quote }}}
- {name: MILLRACE_KAFKA_USERNAME, value: {{ .sasl.username | quote }}}
- {name: MILLRACE_KAFKA_PASSWORD_FILE, value: /etc/millrace/kafka-sasl/{{ .sasl.passwordKey }}}
{{- end }}
{{- end }}
{{- end -}}

{{- define "millrace.env.clickhouse" -}}
{{- with .Values.clickhouse }}
- {name: MILLRACE_CLICKHOUSE_URL, value: {{ .url | quote }}}
- {name: MILLRACE_CLICKHOUSE_DATABASE, value: {{ .database | quote }}}
- {name: MILLRACE_CLICKHOUSE_USERNAME, value: {{ .username | quote }}}
{{- if .existingSecret }}
- {name: MILLRACE_CLICKHOUSE_PASSWORD_FILE, value: /etc/millrace/clickhouse/{{ .passwordKey }}}
{{- end }}
{{- end }}
{{- end -}}

{{- define "millrace.env.redis" -}}
{{- with .Values.redis }}
- {name: MILLRACE_REDIS_KIND, value: {{ .kind | quote }}}
- {name: MILLRACE_REDIS_PREFIX, value: {{ .prefix | quote }}}
{{- if eq .kind "single" }}
{{- $url := urlParse .url }}
- {name: MILLRACE_REDIS_NODES, value: {{ $url.host | quote }}}
{{- if eq $url.scheme "rediss" }}
- {name: MILLRACE_REDIS_TLS, value: "true"}
{{- end }}
{{- with trimPrefix "/" $url.path }}
- {name: MILLRACE_REDIS_DB, value: {{ . | quote }}}
{{- end }}
{{- else }}
- {name: MILLRACE_REDIS_NODES, value: {{ join "," .nodes | quote }}}
{{- if eq .kind "sentinel" }}
- {name: MILLRACE_REDIS_MASTER, value: {{ .master | quote }}}
{{- end }}
{{- if .tls }}
- {name: MILLRACE_REDIS_TLS, value: "true"}
{{- end }}
{{- end }}
{{- if .username }}
- {name: MILLRACE_REDIS_USERNAME, value: {{ .username | quote }}}
{{- end }}
{{- if .existingSecret }}
- {name: MILLRACE_REDIS_PASSWORD_FILE, value: /etc/millrace/redis/{{ .passwordKey }}}
{{- if .sentinelPasswordKey }}
- {name: MILLRACE_REDIS_SENTINEL_PASSWORD_FILE, value: /etc/millrace/redis/{{ .sentinelPasswordKey }}}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "millrace.env.s3" -}}
{{- with .Values.snapshots.s3 }}
{{- if .bucket }}
- {name: MILLRACE_SNAPSHOTS_S3_BUCKET, value: {{ .bucket | quote }}}
{{- with .prefix }}
- {name: MILLRACE_SNAPSHOTS_S3_PREFIX, value: {{ . | quote }}}
{{- end }}
{{- with .region }}
- {name: MILLRACE_SNAPSHOTS_S3_REGION, value: {{ . | quote }}}
{{- end }}
{{- with .endpoint }}
- {name: MILLRACE_SNAPSHOTS_S3_ENDPOINT, value: {{ . | quote }}}
{{- end }}
{{- if .existingSecret }}
- {name: MILLRACE_SNAPSHOTS_S3_ACCESS_KEY_FILE, value: /etc/millrace/s3/accessKey}
- {name: MILLRACE_SNAPSHOTS_S3_SECRET_KEY_FILE, value: /etc/millrace/s3/secretKey}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "millrace.env.keys" }}
- {name: MILLRACE_API_KEYS_FILE, value: /etc/millrace/keys/{{ .Values.app.keysKey }}}
{{- end -}}

{{- define "millrace.env.check" }}
- {name: MILLRACE_CHECK_KEY_FILE, value: /etc/millrace/check/{{ .Values.test.keyKey }}}
{{- end -}}

{{/* Secrets of a component as a JSON object: name of the volume, which is also that of the folder under /etc/millrace → secret. */}}
{{- define "millrace.secrets" -}}
{{- $v := .root.Values }}
{{- $stores := splitList "," (include "millrace.stores" .) }}
{{- $secrets := dict }}
{{- if has "kafka" $stores }}
{{- if and $v.kafka.tls.enabled $v.kafka.tls.caSecret }}{{ $_ := set $secrets "kafka-ca" $v.kafka.tls.caSecret }}{{ end }}
{{- if and $v.kafka.tls.enabled $v.kafka.tls.clientSecret }}{{ $_ := set $secrets "kafka-client" $v.kafka.tls.clientSecret }}{{ end }}
{{- if $v.kafka.sasl.mechanism }}{{ $_ := set $secrets "kafka-sasl" $v.kafka.sasl.existingSecret }}{{ end }}
{{- end }}
{{- if and (has "clickhouse" $stores) $v.clickhouse.existingSecret }}{{ $_ := set $secrets "clickhouse" $v.clickhouse.existingSecret }}{{ end }}
{{- if and (has "redis" $stores) $v.redis.existingSecret }}{{ $_ := set $secrets "redis" $v.redis.existingSecret }}{{ end }}
{{- if and (has "s3" $stores) $v.snapshots.s3.bucket $v.snapshots.s3.existingSecret }}{{ $_ := set $secrets "s3" $v.snapshots.s3.existingSecret }}{{ end }}
{{- if has "keys" $stores }}{{ $_ := set $secrets "keys" $v.app.existingSecret }}{{ end }}
{{- if has "check" $stores }}{{ $_ := set $secrets "check" $v.test.existingSecret }}{{ end }}
{{- if $v.trust.existingSecret }}{{ $_ := set $secrets "trust" $v.trust.existingSecret }}{{ end }}
{{- toJson $secrets }}
{{- end -}}

{{/* Ports of the stores, and of the receiver of traces, as a JSON list: where pods may go. */}}
{{- define "millrace.storePorts" -}}
{{- $ports := list }}
{{- range .Values.networkPolicy.kafkaPorts }}{{ $ports = append $ports (int .) }}{{ end }}
{{- range .Values.kafka.brokers }}{{ $ports = append $ports (int (include "millrace.portOf" (dict "host" . "default" "9092"))) }}{{ end }}
{{- $ports = append $ports (int (include "millrace.portOfUrl" .Values.clickhouse.url)) }}
{{- if eq .Values.redis.kind "single" }}
{{- $ports = append $ports (int (include "millrace.portOf" (dict "host" (urlParse .Values.redis.url).host "default" "6379"))) }}
{{- else }}
{{- range .Values.redis.nodes }}{{ $ports = append $ports (int (include "millrace.portOf" (dict "host" . "default" "6379"))) }}{{ end }}
{{- if eq .Values.redis.kind "sentinel" }}{{ $ports = append $ports 6379 }}{{ end }}
{{- end }}
{{- if .Values.snapshots.s3.bucket }}
{{- $ports = append $ports (int (include "millrace.portOfUrl" (default "https://s3" .Values.snapshots.s3.endpoint))) }}
{{- end }}
{{- with .Values.traces.endpoint }}{{ $ports = append $ports (int (include "millrace.portOfUrl" .)) }}{{ end }}
{{- $ports | uniq | toJson }}
{{- end -}}

{{- define "millrace.portOfUrl" -}}
{{- $url := urlParse . -}}
{{- include "millrace.portOf" (dict "host" $url.host "default" (ternary "443" "80" (eq $url.scheme "https"))) -}}
{{- end -}}

{{- define "millrace.portOf" -}}
{{- default .default (regexFind "\\d+$" (regexFind ":\\d+$" .host)) -}}
{{- end -}}
