export interface UvJob {
  readonly events: number;
  readonly users: number;
  readonly campaigns: number;
  readonly days: number;
}
