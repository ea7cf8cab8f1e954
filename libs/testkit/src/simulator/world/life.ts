import type { Step } from './world';

/**
 * One life of a process, from its start to its end. All its ports are bound to it: once it is dead nothing that it waited for
 * ever comes, and while it is frozen everything waits (a long pause of the machine; it does not know, and goes on later as
 * a zombie).
 */
export class Life {
  state: 'running' | 'frozen' | 'dead' = 'running';
  /** What would have happened to it while it was frozen. */
  readonly held: Step[] = [];
  /** It was frozen, and another may have taken its place. */
  isZombie = false;
  /** How far its clock is from the world's. */
  skew_ms = 0;
  /** Turns of the event loop that it takes until all it does without waiting is done. */
  turns = 1;
  /** May be ended at any of its awaits. */
  mortal = true;

  constructor(
    readonly name: string,
    private readonly onCrash: (life: Life) => void,
    /** It was given an error after which it must end by itself. */
    readonly doom: (life: Life, why: string) => void = () => undefined,
  ) {}

  /** Ends at once, without doing anything more. */
  crash(): void {
    if (this.state === 'dead') return;
    this.end();
    this.onCrash(this);
  }

  end(): void {
    this.state = 'dead';
    this.held.length = 0;
  }
}
