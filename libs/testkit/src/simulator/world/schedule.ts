import type { Step } from './world';

/** What is to happen, soonest first: a binary heap. */
export class Schedule {
  readonly #heap: Step[] = [];

  add(step: Step): void {
    const heap = this.#heap;
    let at = heap.push(step) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(step, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = step;
  }

  next(): Step | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const [left, right] = [heap[below], heap[below + 1]];
      if (left === undefined) break;
      const child = right !== undefined && isBefore(right, left) ? right : left;
      if (child === right) below++;
      if (!isBefore(child, last)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

const isBefore = (a: Step, b: Step): boolean => a.due_ms < b.due_ms || (a.due_ms === b.due_ms && a.order < b.order);
