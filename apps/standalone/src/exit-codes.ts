/** What the process ends with, so that a script can tell what happened. */
export const EXIT = {
  /** As asked; a Ctrl-C while serving is what serving waits for. */
  done: 0,
  /** The totals differ from the source's own. */
  different: 1,
  /** Something the user can mend, said in one sentence. */
  complaint: 2,
  /** A fault of Millrace, with all there is to know about it. */
  fault: 3,
  /** A signal before the work was done: as shells count it. */
  interrupted: { SIGINT: 130, SIGTERM: 143 },
} as const;
