import type { Span, SpanAttributes, Tracing } from '@millrace/stream';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';

export interface TraceOptions {
  /** Of a receiver of OTLP over HTTP: `http://collector:4318/v1/traces`. */
  readonly endpoint: string;
  /** How many of 100 spans are kept. */
  readonly percent: number;
  /** Who the spans are of. */
  readonly service: string;
  readonly version: string;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

export interface OpenTracing extends Tracing {
  /** Sends what is left, if the receiver takes it soon. */
  close(): Promise<void>;
}

/** A receiver that is away holds nothing up: its spans are lost. */
const PATIENCE_MS = 2_000;

/** Spans to a receiver. What it takes is loaded here, and nowhere if nobody wants spans. */
export const openTracing = async (options: TraceOptions): Promise<OpenTracing> => {
  const [{ SpanKind, SpanStatusCode }, sdk, { resourceFromAttributes }, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  const exporter = new OTLPTraceExporter({ url: options.endpoint, timeoutMillis: PATIENCE_MS });
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': options.service, 'service.version': options.version }),
    sampler: new sdk.TraceIdRatioBasedSampler(options.percent / 100),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter: told(exporter, options), exportTimeoutMillis: PATIENCE_MS })],
    forceFlushTimeoutMillis: PATIENCE_MS,
  });
  const tracer = provider.getTracer('millrace', options.version);
  return {
    span(name: string, attributes: SpanAttributes): Span {
      const span = tracer.startSpan(name, { kind: SpanKind.INTERNAL, attributes: mutable(attributes) });
      return {
        set: (more) => void span.setAttributes(mutable(more)),
        end: (error) => {
          if (error !== undefined) {
            const message = error instanceof Error ? error.message : String(error);
            span.setStatus({ code: SpanStatusCode.ERROR, message });
          }
          span.end();
        },
      };
    },
    // What cannot be sent was told of, and is no reason to end otherwise.
    close: () => provider.shutdown().catch(() => undefined),
  };
};

/** The same exporter; that its receiver takes nothing is told once, and that it takes spans again. */
const told = (exporter: SpanExporter, { endpoint, logger }: TraceOptions): SpanExporter => {
  let takes = true;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const failed = result.error !== undefined || result.code !== 0;
        if (failed && takes) logger.warn({ endpoint, reason: result.error?.message }, 'traces are not taken, and lost');
        if (!failed && !takes) logger.info({ endpoint }, 'traces are taken again');
        takes = !failed;
        done(result);
      }),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  };
};

/** Their types ask for arrays that may be changed; they are not. */
const mutable = (attributes: SpanAttributes): Record<string, string | number | boolean | string[] | number[]> =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      typeof value === 'object' ? ([...value] as string[] | number[]) : value,
    ]),
  );
