import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RUNBOOKS } from './places';

/** What a runbook asks by curl. */
export interface Curl {
  readonly page: string;
  readonly url: string;
  /** A statement for ClickHouse. */
  readonly body: string | null;
}

const CURL = /\bcurl -s '?(http:[^\s']+)'?(?: --data-binary "([^"]+)")?/g;

export const curlsOfRunbooks = (): Curl[] =>
  readdirSync(RUNBOOKS).flatMap((page) =>
    [...readFileSync(join(RUNBOOKS, page), 'utf8').matchAll(CURL)].map(([, url = '', body]) => ({
      page,
      url,
      body: body ?? null,
    })),
  );
