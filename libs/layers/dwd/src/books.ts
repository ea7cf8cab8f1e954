import { enlarged } from '@millrace/stream';
import type { StateReader, StateWriter } from '@millrace/stream';
import { TextTable } from './columns/text-table';

/** Knows the users of clicks by number, and up to when there is something about each that clicks may touch. */
export interface UserReach {
  userOf(user_id: string): number;
  isWithinReach(user: number, time_ms: number): boolean;
  setReach(user: number, time_ms: number): void;
}

/** In place of a book: the user has none. */
export const NO_BOOK = -1;
const FIRST_BOOKS = 64;

/**
 * The users about whom more than clicks is held: each has a book, which is a number, and is in use while something is in it. Most clicks come
 * after all that is in it, and need not open it.
 */
export class Books {
  private readonly users = new TextTable();
  /** By book, how much is in it. */
  private held = new Int32Array(FIRST_BOOKS);
  /** By book, up to when clicks may touch what is in it. */
  private reaches = new Float64Array(FIRST_BOOKS);

  private serials = 0;

  constructor(private readonly reach: UserReach) {}

  /** Rises with everything that has a place in an order of arrival. */
  nextSerial(): number {
    return ++this.serials;
  }

  /** `NO_BOOK` if there is none. */
  find(user_id: string): number {
    return this.users.find(user_id);
  }

  /** The book of a user of clicks, if a click at this time may touch what is in it. */
  of(user: number, user_id: string, time_ms: number): number {
    return this.reach.isWithinReach(user, time_ms) ? this.find(user_id) : NO_BOOK;
  }

  /** A user has clicks from now on. */
  meet(user: number, user_id: string): void {
    const book = this.find(user_id);
    if (book !== NO_BOOK) this.reach.setReach(user, this.reachOf(book));
  }

  /** Something is put into the book of a user. */
  put(user_id: string): number {
    const book = this.users.intern(user_id);
    if (book >= this.held.length) this.grow();
    if (this.held[book] === 0) this.reaches[book] = -Infinity;
    this.held[book] = (this.held[book] ?? 0) + 1;
    return book;
  }

  /** Something is taken out of it, which is given up with the last. */
  take(user_id: string): void {
    const book = this.find(user_id);
    const left = (this.held[book] ?? 0) - 1;
    if (left < 0) throw new RangeError(`nothing is in the book of ${user_id}`);
    this.held[book] = left;
    if (left > 0) return;
    this.users.free(book);
    const user = this.reach.userOf(user_id);
    if (user >= 0) this.reach.setReach(user, -Infinity);
  }

  /** Clicks up to this time may touch what is in the book. */
  extend(user_id: string, book: number, time_ms: number): void {
    if (time_ms <= this.reachOf(book)) return;
    this.reaches[book] = time_ms;
    const user = this.reach.userOf(user_id);
    if (user >= 0) this.reach.setReach(user, time_ms);
  }

  private reachOf(book: number): number {
    return this.reaches[book] ?? -Infinity;
  }

  write(to: StateWriter): void {
    to.count(this.serials);
  }

  /** What is in the books is put there again by whoever did. */
  restore(from: StateReader): void {
    this.serials = from.count();
  }

  private grow(): void {
    this.held = enlarged(this.held, new Int32Array(this.held.length * 2));
    this.reaches = enlarged(this.reaches, new Float64Array(this.reaches.length * 2));
  }
}

const SEPARATOR = '\u0000';

/** One key of several ids. */
export const keyOf = (...ids: string[]): string => ids.join(SEPARATOR);
