import { freePort, type Server, startKafka } from '@millrace/testkit/servers';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KafkaLog, type KafkaOptions } from '.';

jest.setTimeout(240_000);

const LOGIN = 'org.apache.kafka.common.security.plain.PlainLoginModule';

let directory: string;
let kafka: Server;
let secured: KafkaOptions;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'security-'));
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = spawnSync('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-keyout',
    key,
    '-out',
    cert,
    ...subject,
  ]);
  if (made.status !== 0) throw new Error(made.stderr.toString());
  const store = join(directory, 'store.pem');
  await writeFile(store, (await readFile(key, 'utf8')) + (await readFile(cert, 'utf8')));

  const [port, controllerPort, secure] = [await freePort(), await freePort(), await freePort()];
  kafka = await startKafka({
    directory: join(directory, 'kafka'),
    port,
    controllerPort,
    properties: {
      listeners: `PLAINTEXT://127.0.0.1:${port},SECURE://127.0.0.1:${secure},CONTROLLER://127.0.0.1:${controllerPort}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},SECURE://127.0.0.1:${secure}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL',
      'inter.broker.listener.name': 'PLAINTEXT',
      'sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.secure.plain.sasl.jaas.config': `${LOGIN} required user_millrace="right";`,
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': store,
    },
  });
  secured = {
    brokers: [`127.0.0.1:${secure}`],
    client_id: 'security',
    tls: { ca: await readFile(cert, 'utf8') },
    sasl: { mechanism: 'plain', username: 'millrace', password: 'right' },
  };
});
afterAll(async () => {
  await kafka.stop();
  await rm(directory, { recursive: true, force: true });
});

it('over TLS with a password, both clients do all that they do without', async () => {
  const log = await KafkaLog.connect(secured);
  const at = { topic: 'secret', partition: 0 };
  await log.ensure(at.topic, 1);
  await log.append([{ to: at, records: [{ value: Buffer.from('a') }] }]);
  const { records } = await log.read(at, 0, 1000);
  expect(records.map(({ value }) => Buffer.from(value ?? []).toString())).toEqual(['a']);
  await log.commit('g', at, 1);
  expect(await log.committed('g', at)).toBe(1);
  await log.close();
});

it.each<[string, (options: KafkaOptions) => KafkaOptions]>([
  ['a wrong password', (options) => ({ ...options, sasl: { mechanism: 'plain', username: 'millrace', password: 'wrong' } })],
  ['an authority that is not known', (options) => ({ ...options, tls: true })],
])('%s is refused, and the password is not told', async (_, changed) => {
  const said: string[] = [];
  const refused: unknown = await KafkaLog.connect({ ...changed(secured), warn: (message) => said.push(message) }).then(
    () => null,
    (error: unknown) => error,
  );
  expect(refused).toBeInstanceOf(Error);
  expect([String(refused), ...said].join('\n')).not.toMatch(/wrong|"right"/);
});
