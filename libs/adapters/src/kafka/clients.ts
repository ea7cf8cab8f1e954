import type { BaseOptions } from '@platformatic/kafka';
import { Kafka, logLevel, type SASLOptions } from 'kafkajs';
import { registerCodecs, registerNativeLz4 } from './codecs';
import { registerFetchResponse } from './fetch-response';
import { sparsely } from './sparsely';
import { type Credentials, type KafkaOptions, REQUEST_MS } from './options';

/** The client that consumes and administers (ADR 0009). */
export function kafkajs({ brokers, client_id, tls, sasl, request_ms = REQUEST_MS, warn }: KafkaOptions): Kafka {
  registerCodecs();
  registerFetchResponse();
  const said = sparsely((message) => warn?.(`kafka: ${message}`));
  return new Kafka({
    brokers: [...brokers],
    clientId: client_id,
    requestTimeout: request_ms,
    connectionTimeout: 3_000,
    ...(tls !== undefined && { ssl: tls }),
    ...(sasl && { sasl: saslOf(sasl) }),
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ log: { message, error } }) =>
        said(typeof error === 'string' ? `${message}: ${error}` : message),
  });
}

/** The client that produces. */
export function platformatic({ brokers, client_id, tls, sasl, request_ms = REQUEST_MS }: KafkaOptions): BaseOptions {
  registerNativeLz4();
  return {
    clientId: client_id,
    bootstrapBrokers: [...brokers],
    timeout: request_ms,
    connectTimeout: 3_000,
    ...(tls !== undefined && tls !== false && { tls: tls === true ? {} : tls }),
    ...(sasl && { sasl: { mechanism: MECHANISMS[sasl.mechanism], username: sasl.username, password: sasl.password } }),
  };
}

const MECHANISMS = { plain: 'PLAIN', 'scram-sha-256': 'SCRAM-SHA-256', 'scram-sha-512': 'SCRAM-SHA-512' } as const;

/** Spelt out: each mechanism is a type of its own. */
function saslOf({ mechanism, username, password }: Credentials): SASLOptions {
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password };
    case 'scram-sha-256':
      return { mechanism, username, password };
    case 'scram-sha-512':
      return { mechanism, username, password };
  }
}
