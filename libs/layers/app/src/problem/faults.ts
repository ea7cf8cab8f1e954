import { Refusal, type Fault } from './refusal';

/** Collects what is wrong with the parameters of a request, so that the asker learns all of it at once. */
export class Faults {
  private readonly faults: Fault[] = [];

  /** Adds a fault of one query parameter. Answers undefined, so that a reader can return it as its missing value. */
  add(parameter: string, detail: string): undefined {
    this.faults.push({ path: `query.${parameter}`, detail });
  }

  get any(): boolean {
    return this.faults.length > 0;
  }

  refusal(): Refusal {
    const detail = this.faults.map(({ path, detail }) => `${path}: ${detail}`).join(' ');
    return new Refusal('invalid-parameters', detail, { errors: this.faults });
  }
}
