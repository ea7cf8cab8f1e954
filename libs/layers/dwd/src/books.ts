import type { StateReader, StateWriter } from '@millrace/stream';
import { UserBook } from './conversions/user-book';

/** The books of the users who have something in them. */
export class Books {
  private readonly books = new Map<string, UserBook>();
  /** One event asks several times, with the same string. */
  private lastUser = '';
  private lastBook: UserBook | undefined;

  private serials = 0;

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
