import type { KafkaOptions } from '@millrace/adapters/kafka';
import { choice, flag, list, optional, secret, type Settings, text } from '@millrace/boot';
import { contentOf } from '../files/content';
import { duration } from './duration';

export const KAFKA_OPTIONS = {
  'kafka.brokers': list({
    description: 'brokers of Kafka, some of them',
    expected: 'host:port, separated by commas',
    default: ['127.0.0.1:29092'],
  }),
  'kafka.clientId': text({ description: "name in the brokers' logs", default: 'millrace' }),
  'kafka.groupPrefix': text({
    description: 'begins the names of consumer groups, where several systems share a cluster',
    default: 'millrace.',
  }),
  'kafka.tls': flag({ description: 'whether to speak TLS', default: false }),
  'kafka.caFile': optional(pem('certificate of the authority that signed the brokers’')),
  'kafka.certFile': optional(pem('certificate of this client')),
  'kafka.keyFile': optional(pem('key of this client')),
  'kafka.saslMechanism': optional(choice({ description: 'how to log in', of: ['plain', 'scram-sha-256', 'scram-sha-512'] })),
  'kafka.username': optional(text({ description: 'name to log in with' })),
  'kafka.password': secret({ description: 'password to log in with' }),
  'kafka.session': duration({
    description: 'a member that is silent for so long has lost its partitions',
    default: '8s',
    least_ms: 1_000,
  }),
  'kafka.patience': duration({
    description: 'how long what the brokers refuse is tried again before the process ends',
    default: '10m',
  }),
};
type KafkaSettings = Settings<typeof KAFKA_OPTIONS>;

/** What the adapter is told; topics that others write are said by the caller, who knows the sources. */
export const kafkaOptionsOf = (settings: KafkaSettings): KafkaOptions => {
  const { 'kafka.saslMechanism': mechanism, 'kafka.username': username, 'kafka.password': password } = settings;
  const tls = {
    ...(settings['kafka.caFile'] !== null && { ca: settings['kafka.caFile'] }),
    ...(settings['kafka.certFile'] !== null && { cert: settings['kafka.certFile'] }),
    ...(settings['kafka.keyFile'] !== null && { key: settings['kafka.keyFile'] }),
  };
  return {
    brokers: settings['kafka.brokers'],
    client_id: settings['kafka.clientId'],
    group_prefix: settings['kafka.groupPrefix'],
    ...(settings['kafka.tls'] && { tls: Object.keys(tls).length === 0 ? true : tls }),
    ...(mechanism !== null && username !== null && password !== null && { sasl: { mechanism, username, password } }),
    session_ms: settings['kafka.session'],
    retry: { limit_ms: settings['kafka.patience'] },
  };
};

export const kafkaProblems = (settings: KafkaSettings): string[] => {
  const { 'kafka.saslMechanism': mechanism, 'kafka.username': username, 'kafka.password': password } = settings;
  const given = [mechanism, username, password].filter((value) => value !== null).length;
  return [
    ...(given === 0 || given === 3
      ? []
      : ['kafka.saslMechanism: it, kafka.username and kafka.password belong together; give all three or none']),
    ...(!settings['kafka.tls'] && settings['kafka.caFile'] !== null
      ? ['kafka.caFile: means nothing without kafka.tls; set it to true']
      : []),
    ...((settings['kafka.certFile'] === null) === (settings['kafka.keyFile'] === null)
      ? []
      : ['kafka.certFile: it and kafka.keyFile belong together; give both or neither']),
  ];
};

function pem(description: string) {
  return text({ description: `${description}, as a PEM file`, expected: 'the path of a file', read: contentOf });
}
