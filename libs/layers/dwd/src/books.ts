import type { StateReader, StateWriter } from '@millrace/stream';
import { UserBook } from './conversions/user-book';

/** Knows the users of clicks by number, and keeps a bit of each. */
export interface UserMarks {
  userOf(user_id: string): number;
  isMarked(user: number): boolean;
  setMarked(user: number, marked: boolean): void;
}

/** The books of the users who have something in them. Users of clicks who have one are marked, so that most clicks ask no further. */
export class Books {
  private readonly books = new Map<string, UserBook>();
  /** One event asks several times, with the same string. */
  private lastUser = '';
  private lastBook: UserBook | undefined;

  private serials = 0;

  constructor(private readonly users: UserMarks) {}

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

  /** The same of a user of clicks. */
  of(user: number, user_id: string): UserBook | undefined {
    return this.users.isMarked(user) ? this.find(user_id) : undefined;
  }

  /** A user has clicks from now on. */
  meet(user: number, user_id: string): void {
    if (this.find(user_id) !== undefined) this.users.setMarked(user, true);
  }

  open(user_id: string): UserBook {
    let book = this.find(user_id);
    if (book === undefined) {
      this.books.set(user_id, (book = new UserBook()));
      this.lastBook = book;
      this.mark(user_id, true);
    }
    return book;
  }

  dropIfEmpty(user_id: string): void {
    if (this.find(user_id)?.empty !== true) return;
    this.books.delete(user_id);
    this.lastBook = undefined;
    this.mark(user_id, false);
  }

  private mark(user_id: string, marked: boolean): void {
    const user = this.users.userOf(user_id);
    if (user >= 0) this.users.setMarked(user, marked);
  }

  all(): Iterable<UserBook> {
    return this.books.values();
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
