import type { Invalidate } from '@millrace/ads';
import type { Logged } from '@millrace/stream';
import { type Books, keyOf } from '../books';

/** An invalidation of a click that was taken (R12): it waits for its target, or stays so that a later version meets it. */
export interface Invalidation extends Logged {
  readonly event: Invalidate;
  /** When it is listed, unless its target has been seen; and its place among those of the same minute. */
  readonly due: number;
  readonly serial: number;
  /** Its target has been seen. */
  met: boolean;
  /** No earlier one of the same target has replaced it. */
  stands: boolean;
}

/** Those that stand, by user and target: of several of one target the earliest, which takes back whatever any of them could. */
export class StandingInvalidations {
  /** By book. */
  private readonly byBook = new Map<number, Map<string, Invalidation>>();

  constructor(private readonly books: Books) {}

  find(book: number, source: string, event_id: string): Invalidation | undefined {
    return this.byBook.get(book)?.get(keyOf(source, event_id));
  }

  /** In place of an earlier one of the same target. */
  set(invalidation: Invalidation): void {
    const { user_id, target_source, target_id } = invalidation.event;
    const book = this.books.find(user_id);
    const held = this.byBook.get(book) ?? new Map<string, Invalidation>();
    const target = keyOf(target_source, target_id);
    if (!held.has(target)) this.byBook.set(this.books.put(user_id), held);
    held.set(target, invalidation);
    // Whenever its target comes.
    this.books.extend(user_id, this.books.find(user_id), Infinity);
  }

  drop({ event: { user_id, target_source, target_id } }: Invalidation): void {
    const book = this.books.find(user_id);
    const held = this.byBook.get(book);
    if (held?.delete(keyOf(target_source, target_id)) !== true) return;
    if (held.size === 0) this.byBook.delete(book);
    this.books.take(user_id);
  }
}
