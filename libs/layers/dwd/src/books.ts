import type { StateReader, StateWriter } from '@millrace/stream';
import { TextTable } from './columns/text-table';
import { UserBook } from './conversions/user-book';

/** Knows the users of clicks by number, and up to when there is something about each that clicks may touch. */
export interface UserReach {
  userOf(user_id: string): number;
  isWithinReach(user: number, time_ms: number): boolean;
  setReach(user: number, time_ms: number): void;
}

/** The books of the users who have something in them. Most clicks come after all that is in it, and need not open it. */
export class Books {
  private readonly users = new TextTable();
  /** By number. */
  private readonly books: (UserBook | undefined)[] = [];

  private serials = 0;

  constructor(private readonly reach: UserReach) {}

  /** Rises with everything that has a place in an order of arrival. */
  nextSerial(): number {
    return ++this.serials;
  }

  find(user_id: string): UserBook | undefined {
    const number = this.users.find(user_id);
    return number < 0 ? undefined : this.books[number];
  }

  /** The book of a user of clicks, if a click at this time may touch what is in it. */
  of(user: number, user_id: string, time_ms: number): UserBook | undefined {
    return this.reach.isWithinReach(user, time_ms) ? this.find(user_id) : undefined;
  }

  /** A user has clicks from now on. */
  meet(user: number, user_id: string): void {
    const book = this.find(user_id);
    if (book !== undefined) this.reach.setReach(user, book.reach_ms);
  }

  /** Something was put into a book. */
  filled(user_id: string, book: UserBook): void {
    const user = this.reach.userOf(user_id);
    if (user >= 0) this.reach.setReach(user, book.reach_ms);
  }

  open(user_id: string): UserBook {
    const number = this.users.intern(user_id);
    return (this.books[number] ??= new UserBook());
  }

  dropIfEmpty(user_id: string): void {
    const number = this.users.find(user_id);
    if (number < 0 || this.books[number]?.empty !== true) return;
    this.books[number] = undefined;
    this.users.free(number);
    const user = this.reach.userOf(user_id);
    if (user >= 0) this.reach.setReach(user, -Infinity);
  }

  *all(): Iterable<UserBook> {
    for (const book of this.books) if (book !== undefined) yield book;
  }

  /** After everything was put into them. */
  restored(): void {
    for (const [number, book] of this.books.entries()) if (book !== undefined) this.filled(this.users.text(number), book);
  }

  write(to: StateWriter): void {
    to.count(this.serials);
  }

  /** What stands in the books is restored by whoever puts it there. */
  restore(from: StateReader): void {
    this.serials = from.count();
  }
}

const SEPARATOR = '\u0000';

/** One key of several ids. */
export const keyOf = (...ids: string[]): string => ids.join(SEPARATOR);
