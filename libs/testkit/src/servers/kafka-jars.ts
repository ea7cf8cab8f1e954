import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { need } from './programs';
import { programsDirectory } from './workspace';

/** Not the newest: 4.4.0 is listed at Maven Central but cannot be resolved, one of its parts was never published. */
const KAFKA = '4.3.1';

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
  <groupId>dev</groupId><artifactId>kafka-stack</artifactId><version>1</version><packaging>pom</packaging><dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA}</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>${KAFKA}</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.4</version></dependency>
  </dependencies><build><plugins><plugin><groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId><version>3.8.1</version></plugin></plugins></build></project>
`;

/** The folder of Kafka's jars; they come from Maven Central, or the mirror that the machine's Maven is set to. */
export async function kafkaJars(): Promise<string> {
  await need(['java']);
  const jars = join(programsDirectory(), `kafka-${KAFKA}-jars`);
  if (existsSync(jars)) return jars;
  await need(['mvn']);
  await mkdir(programsDirectory(), { recursive: true });
  const draft = await mkdtemp(join(programsDirectory(), 'jars-'));
  const pom = join(draft, 'pom.xml');
  await writeFile(pom, POM);
  process.stderr.write(`Fetching Kafka ${KAFKA} with Maven ...\n`);
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${join(draft, 'jars')}`];
  const { status, stdout, stderr } = spawnSync('mvn', ['-B', '-ntp', '-q', '-f', pom, ...goal], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Maven could not fetch Kafka:\n${(stdout + stderr).slice(-2000)}`);
  // As a whole, and once: a second process that did the same finds the name taken and throws its own away.
  await rename(join(draft, 'jars'), jars).catch((error: unknown) => {
    if (!existsSync(jars)) throw error;
  });
  await rm(draft, { recursive: true, force: true });
  return jars;
}
