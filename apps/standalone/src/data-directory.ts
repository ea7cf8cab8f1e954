import { FileLog } from '@millrace/adapters/file';
import { refusalOfRules, type Rules } from '@millrace/ads';
import type { SourceDeclaration } from '@millrace/layer-ods';
import { topicsOf } from '@millrace/layer-ods';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Complaint, reasonOf } from '@millrace/service';
import type { RememberedReplay } from '@millrace/service/demo';
import type { Options } from './options';

interface Manifest {
  rules: string;
  readonly partitions: number;
  readonly replays: RememberedReplay[];
  /** Declarations of all sources that runs have read, by their topics: replayed logs may be of a source that is also served. */
  readonly sources: Record<string, SourceDeclaration>;
}

const MANIFEST = 'manifest.json';
/** What a run makes, and `--fresh` takes away. */
const OURS: readonly string[] = [MANIFEST, 'log', 'olap', 'snapshots'];

/** Where a run keeps its data: given and kept, or temporary and gone with the process. */
export class DataDirectory {
  private constructor(
    readonly path: string,
    private readonly temporary: boolean,
    private readonly manifest: Manifest,
    private readonly rules: string,
  ) {}

  /** Throws a Complaint when the directory cannot be used, or was made by rules that cannot be followed by these (D3). */
  static async open({
    data,
    fresh,
    rules,
    partitions,
  }: Pick<Options, 'data' | 'fresh' | 'rules' | 'partitions'>): Promise<DataDirectory> {
    const path = data ?? mkdtempSync(join(tmpdir(), 'millrace-'));
    try {
      makeDirectory(path);
      const current: Manifest = { rules: JSON.stringify(rules), partitions, replays: [], sources: {} };
      const held = heldIn(path);
      if (fresh && held !== null) await erase(path);
      const manifest = fresh ? current : (held ?? current);
      if (manifest.rules !== current.rules) refuseUnlessAhead(path, JSON.parse(manifest.rules) as Rules, rules);
      if (manifest.partitions !== partitions)
        throw new Complaint(
          `The data in ${path} have ${manifest.partitions} partitions. Use --partitions ${manifest.partitions}, another --data DIR, or --fresh.`,
        );
      const directory = new DataDirectory(path, data === null, manifest, current.rules);
      directory.write();
      return directory;
    } catch (error) {
      throw error instanceof Complaint ? error : new Complaint(`The data directory ${path} cannot be used: ${reasonOf(error)}.`);
    }
  }

  get log(): string {
    return join(this.path, 'log');
  }
  get olap(): string {
    return join(this.path, 'olap');
  }

  /** Null: the data go with the process, and so would its snapshots. */
  get snapshots(): string | null {
    return this.temporary ? null : join(this.path, 'snapshots');
  }

  /** The state was taken up under these rules: the next run's are compared with them. */
  adoptRules(): void {
    this.manifest.rules = this.rules;
    this.write();
  }

  /** Whether somebody's own logs were replayed here. */
  holdsReplaysBeside(topic: string): boolean {
    return this.manifest.replays.some((replay) => replay.topic !== topic);
  }

  /** The last replay into this topic if it was of this very input; else this one is remembered, as beginning at `ends`. */
  replay(topic: string, fingerprint: string | null, ends: readonly number[]): RememberedReplay {
    const last = this.manifest.replays.filter((replay) => replay.topic === topic).at(-1);
    if (last !== undefined && fingerprint !== null && last.fingerprint === fingerprint) return last;
    const replay = { topic, fingerprint, starts: [...ends] };
    this.manifest.replays.push(replay);
    this.write();
    return replay;
  }

  /**
   * The sources of this run and of earlier ones. ODS must go on reading the topics of all of them: a raw partition never
   * leaves the watermark's minimum by mere silence (design, time through the chain).
   */
  sourcesWith(current: readonly SourceDeclaration[]): SourceDeclaration[] {
    for (const source of current) this.manifest.sources[topicsOf(source).join()] = source;
    this.write();
    return Object.values(this.manifest.sources);
  }

  close(): void {
    if (this.temporary) rmSync(this.path, { recursive: true, force: true });
  }

  private write(): void {
    const draft = join(this.path, '.manifest.json');
    writeFileSync(draft, `${JSON.stringify(this.manifest, null, 1)}\n`);
    renameSync(draft, join(this.path, MANIFEST));
  }
}

/** Dated changes are compared with the watermark, once the snapshots have told it; whatever holds for all days is known now. */
const refuseUnlessAhead = (path: string, before: Rules, after: Rules): void => {
  const snapshots = join(path, 'snapshots');
  const refusal =
    existsSync(snapshots) && readdirSync(snapshots).length > 0
      ? refusalOfRules(before, after, -Infinity)
      : 'these are not the same, and no snapshot says how far those have decided';
  if (refusal !== null) throw otherRules(path, `they were made by other rules: ${refusal}`);
};

/** What to do about data that these rules cannot go on with. */
export const otherRules = (path: string, refusal: string): Complaint =>
  new Complaint(`The data in ${path} are refused: ${refusal}. Use the same options, another --data DIR, or --fresh.`);

/** What a directory has from earlier runs; null when it has nothing. */
const heldIn = (path: string): Manifest | null => {
  const names = readdirSync(path).filter((name) => OURS.includes(name));
  if (names.length === 0) return null;
  // What stands there under the same names but without a manifest is somebody else's, and stays.
  if (!names.includes(MANIFEST))
    throw new Complaint(`${path} holds ${names.join(' and ')}, which Millrace did not make. Use another --data DIR.`);
  try {
    return JSON.parse(readFileSync(join(path, MANIFEST), 'utf8')) as Manifest;
  } catch {
    throw new Complaint(`${join(path, MANIFEST)} is damaged. Remove ${path}, or use another --data DIR.`);
  }
};

/** The log first: that fails while another process uses the directory. */
const erase = async (path: string): Promise<void> => {
  await FileLog.erase(join(path, 'log'));
  for (const name of OURS) rmSync(join(path, name), { recursive: true, force: true });
};

/** Recursive only where it must be: Node's recursive mkdir never returns where the system refuses a folder with ENOENT, as in /proc. */
const makeDirectory = (path: string): void => {
  if (!existsSync(path)) mkdirSync(path, { recursive: !existsSync(dirname(path)) });
};
