import { createRequire } from 'node:module';
import { serve } from '../..';

/** A whole life of a service that makes one good and one failed span, if it is told where they go: `service.ts [ENDPOINT PERCENT]`. */

const [endpoint, percent] = process.argv.slice(2);

void serve(
  {
    name: 'millrace-dwd',
    service: 'dwd',
    description: 'A service.',
    options: {},
    conduct: () => ({
      log: { level: 'info', readable: false },
      health: null,
      stop_limit_ms: 30_000,
      traces: endpoint === undefined ? null : { endpoint, percent: Number(percent) },
    }),
    open: async (_settings, { tracing, signal }) => {
      tracing?.span('dwd batch', { layer: 'dwd', topic: 'ods.action', partition: 3, offset: 7, last_offset: 9 }).end();
      const emission = tracing?.span('emission', { topic: ['dwd.fact', 'dwd.fact'], partition: [0, 1], offset: [5, 6] });
      emission?.set({ rows: 12 });
      emission?.end(new Error('disk full'));
      // Nothing else keeps it alive until it hears of its end.
      const alive = setInterval(() => undefined, 1_000);
      signal.addEventListener('abort', () => clearInterval(alive));
      setImmediate(() => process.kill(process.pid, 'SIGTERM'));
      return () => new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
    },
  },
  { args: [], environment: {}, stdout: process.stdout, stderr: process.stderr, signals: process },
).then((code) => {
  const paths = Object.keys(createRequire(__filename).cache);
  const loaded = new Set(paths.flatMap((path) => /@opentelemetry\/([\w-]+)/.exec(path)?.[1] ?? []));
  process.stdout.write(JSON.stringify({ loaded: [...loaded] }));
  process.exit(code);
});
