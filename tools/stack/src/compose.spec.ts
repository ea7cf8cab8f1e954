import { DCLinter } from 'dclint';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { MEMBERS } from './members';

const FILE = join(__dirname, '../../../deploy/compose/compose.yaml');

interface Service {
  readonly image: string;
  readonly ports: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
}

const { services } = parse(readFileSync(FILE, 'utf8')) as { services: Record<string, Service> };

/** Against Compose's own JSON schema, and the linter's rules: a fixed tag, a stated interface, no port twice. */
const complaints = (file: string): string[] =>
  new DCLinter({ rules: {}, quiet: false, debug: false, exclude: [] })
    .lintFiles([file], false)
    .flatMap(({ messages }) => messages.map(({ line, message }) => `${line}: ${message}`));

jest.setTimeout(120_000);

describe('the compose file', () => {
  it('is valid, and the linter has nothing to say', () => {
    expect(complaints(FILE)).toEqual([]);
  });

  it('would not be with a misspelt key, or a tag that moves', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'compose-'));
    const valid = readFileSync(FILE, 'utf8');
    const broken = async (text: string): Promise<string[]> => {
      const file = join(directory, 'compose.yaml');
      await writeFile(file, text);
      return complaints(file);
    };
    expect(await broken(valid.replace('healthcheck:', 'healthchek:'))).not.toEqual([]);
    expect(await broken(valid.replace(/image: apache\/kafka:\S+/, 'image: apache/kafka:latest'))).not.toEqual([]);
    await rm(directory, { recursive: true });
  });

  it('has every server of the stack, at the same address, asked for its health', () => {
    expect(Object.keys(services).sort()).toEqual(MEMBERS.map(({ folder }) => folder).sort());
    for (const { folder, ports } of MEMBERS) {
      const service = services[folder]!;
      const outward = service.ports.map((port) => port.split(':').slice(0, 2).join(':'));
      const expected = Object.entries(ports)
        .filter(([name]) => !name.includes('CONTROLLER'))
        .map(([, port]) => `127.0.0.1:${port}`);
      expect(outward).toEqual(expected);
      expect(service.healthcheck?.test[0]).toMatch(/^CMD/);
      expect(service.image).toMatch(/:\d+\.\d+\.\d+/);
    }
  });
});
