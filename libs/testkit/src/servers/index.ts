/** Real servers on the loopback interface: the local stack's, and a suite's own on free ports in a folder of its own. */
export { startClickHouse, type ClickHousePlace } from './clickhouse';
export { startKafka, type KafkaPlace } from './kafka';
export { kafkaJars } from './kafka-jars';
export { kept } from './kept';
export { freePort } from './port';
export { startPrometheus, type PrometheusPlace } from './prometheus';
export { need, type ProgramName } from './programs';
export { startRedis } from './redis';
export { startS3 } from './s3';
export { endProcess, Server, type Place, withTheParent } from './server';
export { startToxiproxy } from './toxiproxy';
export { stackDirectory, workspace } from './workspace';
