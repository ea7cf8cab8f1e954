import { PROBLEMS, problemType, type ProblemCode } from './catalogue';

/** One thing that is wrong, and where: `query.from`, `body[3].user_id`. */
export interface Fault {
  readonly path: string;
  readonly detail: string;
}

export interface Particulars {
  readonly errors?: readonly Fault[];
  /** Members of the document beyond the standard ones. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown wherever a request cannot be served; the error handler turns it into a problem document. `detail` says what to change. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly particulars: Particulars = {},
  ) {
    super(`${code}: ${detail}`);
    this.status = PROBLEMS[code].status;
  }

  /** The problem document (RFC 9457) for the request at `instance`. */
  document(instance: string): Record<string, unknown> {
    const { errors, extensions } = this.particulars;
    return {
      type: problemType(this.code),
      title: PROBLEMS[this.code].title,
      status: this.status,
      detail: this.detail,
      instance,
      ...(errors && errors.length > 0 ? { errors } : {}),
      ...extensions,
    };
  }
}
