import { olapContract } from '@millrace/testkit/contracts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openChdbStore } from '.';

const directory = mkdtempSync(join(tmpdir(), 'millrace-chdb-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

olapContract('chdb', () => openChdbStore(directory));
