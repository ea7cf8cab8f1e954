import type { StateReader, StateWriter } from '@millrace/stream';
import { UserBook } from './conversions/user-book';

/** Knows the users of clicks by number, and up to when there is something about each that clicks may touch. */
export interface UserReach {
  userOf(user_id: string): number;
  isWithinReach(user: number, time_ms: number): boolean;
  setReach(user: number, time_ms: number): void;
}

/** The books of the users who have something in them. Most clicks come after all that is in it, and need not open it. */
export class Books {
  private readonly books = new Map<string, UserBook>();
  /** One event asks several times, with the same string. */
  private lastUser = '';
  private lastBook: UserBook | undefined;

  private serials = 0;

  constructor(private readonly users: UserReach) {}

  /** Rises with everything that has a place in an order of arrival. */
  nextSerial(): number {
    return ++this.serials;
  }

  find(user_id: string): UserBook | undefined {
    if (user_id !== this.lastUser) {
      this.lastUser = user_id;
      this.lastBook = this.books.get(user_id);
    }
    return this.lastBook;
  }

  /** The book of a user of clicks, if a click at this time may touch what is in it. */
  of(user: number, user_id: string, time_ms: number): UserBook | undefined {
    return this.users.isWithinReach(user, time_ms) ? this.find(user_id) : undefined;
  }

  /** A user has clicks from now on. */
  meet(user: number, user_id: string): void {
    const book = this.find(user_id);
    if (book !== undefined) this.users.setReach(user, book.reach_ms);
  }

  /** Something was put into a book. */
  filled(user_id: string, book: UserBook): void {
    const user = this.users.userOf(user_id);
    if (user >= 0) this.users.setReach(user, book.reach_ms);
  }

  open(user_id: string): UserBook {
    let book = this.find(user_id);
    if (book === undefined) {
      this.books.set(user_id, (book = new UserBook()));
      this.lastBook = book;
    }
    return book;
  }

  dropIfEmpty(user_id: string): void {
    if (this.find(user_id)?.empty !== true) return;
    this.books.delete(user_id);
    this.lastBook = undefined;
    const user = this.users.userOf(user_id);
    if (user >= 0) this.users.setReach(user, -Infinity);
  }

  all(): Iterable<UserBook> {
    return this.books.values();
  }

  /** After everything was put into them. */
  restored(): void {
    for (const [user_id, book] of this.books) this.filled(user_id, book);
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
