export { SystemClock } from './clock';
export { Lifecycle, type Part } from './lifecycle';
export { createLogger, type LoggerOptions } from './logs/logger';
export { positionOf } from './logs/position-of';
export { PromMeter, type PromMeterOptions } from './metrics/prom-meter';
export { interrupted } from './signals';
export { openTracing, type OpenTracing, type TraceOptions } from './tracing/otlp-tracing';
export * from './config';
export { Dependencies, type DependencyPorts, WaitEndedError } from './dependencies/dependencies';
export { HealthServer, type HealthServerOptions } from './health/health-server';
export {
  EXIT,
  serve,
  serveProcess,
  type Conduct,
  type ServiceContext,
  type ServiceProgram,
  type Surroundings,
} from './service/serve';
export {
  exportedName,
  LABELS as METRIC_LABELS,
  METRICS as METRIC_DEFINITIONS,
  type MetricDefinition,
  type Service,
  SERVICES as METRIC_SERVICES,
} from './metrics/definitions';
