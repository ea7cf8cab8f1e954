export interface CellOptions {
  readonly zone: string;
  /** Default: the last touch. */
  readonly model?: string;
}
