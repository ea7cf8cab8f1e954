import { checksum, DirectorySnapshotStore, FileVolume } from '@millrace/adapters/file';
import { S3SnapshotStore } from '@millrace/adapters/s3';
import { flag, optional, secret, type Settings, text } from '@millrace/boot';
import type { SnapshotPlaces, SnapshotStore } from '@millrace/stream';
import { duration } from './duration';
import { httpUrl } from './http-url';

export const SNAPSHOT_OPTIONS = {
  'snapshots.directory': text({
    description: "where the state is kept: a folder on the process's own volume",
    expected: 'the path of a folder',
    default: 'data/snapshots',
  }),
  'snapshots.storeDirectory': optional(
    text({
      description: 'a second place for copies, for when the volume is lost: a mounted share',
      expected: 'the path of a folder',
    }),
  ),
  'snapshots.s3.bucket': optional(
    text({ description: 'the second place is this bucket of an S3-compatible store', expected: 'the name of a bucket' }),
  ),
  'snapshots.s3.prefix': optional(
    text({ description: 'put before every name in the bucket', expected: 'a prefix such as millrace/dwd/' }),
  ),
  'snapshots.s3.endpoint': optional(
    httpUrl({ description: 'where the store is, if it is not AWS', example: 'https://minio:9000' }),
  ),
  'snapshots.s3.region': optional(text({ description: 'region of the bucket', expected: 'the name of a region' })),
  'snapshots.s3.pathStyle': optional(
    flag({ description: "whether the bucket stands in the path, not in the host's name; by default where there is an endpoint" }),
  ),
  'snapshots.s3.accessKey': secret({ description: 'id of the access key; without it the AWS SDK looks where it always does' }),
  'snapshots.s3.secretKey': secret({ description: 'the access key itself' }),
  'snapshots.interval': duration({ description: 'how often the state is kept', default: '10s', least_ms: 100 }),
};

type SnapshotSettings = Settings<typeof SNAPSHOT_OPTIONS>;

export const snapshotPlacesOf = (settings: SnapshotSettings): SnapshotPlaces => {
  const store = storeOf(settings);
  return { volume: new FileVolume(settings['snapshots.directory']), ...(store !== null && { store }), checksum };
};

export const snapshotProblems = (settings: SnapshotSettings): string[] => {
  const given = settings['snapshots.s3.bucket'] !== null;
  return [
    ...(given && settings['snapshots.storeDirectory'] !== null
      ? ['snapshots.storeDirectory: there is one second place; give it or snapshots.s3.bucket']
      : []),
    ...(!given && settings['snapshots.s3.endpoint'] !== null
      ? ['snapshots.s3.endpoint: means nothing without snapshots.s3.bucket; name the bucket']
      : []),
    ...((settings['snapshots.s3.accessKey'] === null) === (settings['snapshots.s3.secretKey'] === null)
      ? []
      : ['snapshots.s3.accessKey: it and snapshots.s3.secretKey belong together; give both or neither']),
  ];
};

const storeOf = (settings: SnapshotSettings): SnapshotStore | null => {
  const {
    'snapshots.storeDirectory': directory,
    'snapshots.s3.bucket': bucket,
    'snapshots.s3.prefix': prefix,
    'snapshots.s3.endpoint': endpoint,
    'snapshots.s3.region': region,
    'snapshots.s3.pathStyle': pathStyle,
    'snapshots.s3.accessKey': accessKeyId,
    'snapshots.s3.secretKey': secretAccessKey,
  } = settings;
  if (bucket === null) return directory === null ? null : new DirectorySnapshotStore(directory);
  return new S3SnapshotStore({
    bucket,
    ...(prefix !== null && { prefix }),
    ...(endpoint !== null && { endpoint }),
    ...(region !== null && { region }),
    ...(pathStyle !== null && { pathStyle }),
    ...(accessKeyId !== null && secretAccessKey !== null && { credentials: { accessKeyId, secretAccessKey } }),
  });
};
