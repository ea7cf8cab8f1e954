import type { Clock } from '@millrace/stream';

const ATTEMPTS = 60;

export interface HttpAnswer {
  readonly statusCode: number;
  readonly body: string;
}

/** Asks, and asks again when the API says when: numbers that move while they are read are put off (503, Retry-After). */
export const ask = async (url: string, clock: Pick<Clock, 'sleep'>): Promise<HttpAnswer> => {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url);
    const body = await response.text();
    const again_s = Number(response.headers.get('retry-after') ?? NaN);
    if (!Number.isFinite(again_s) || attempt === ATTEMPTS) return { statusCode: response.status, body };
    await clock.sleep(again_s * 1_000);
  }
};
