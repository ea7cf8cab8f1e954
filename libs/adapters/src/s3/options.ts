import type { Retrying } from '../retry/retry';

/** A bucket of an S3-compatible store. What is not given comes from where the AWS SDK looks: environment, files, the machine's role. */
export interface S3Options extends Retrying {
  readonly bucket: string;
  /** Put before every name, `millrace/dwd/` say. */
  readonly prefix?: string;
  /** Of a store that is not AWS, `https://minio:9000`. */
  readonly endpoint?: string;
  /** Where there is an `endpoint` and the SDK finds none: us-east-1. */
  readonly region?: string;
  /** The bucket in the path rather than in the host's name: most stores that are not AWS want it. Default: where there is an `endpoint`. */
  readonly pathStyle?: boolean;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
  /** A request that is not answered within this is a failed attempt, ms. Default 60 000. */
  readonly timeout_ms?: number;
}
