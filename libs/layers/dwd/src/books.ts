import { UserBook } from './conversions/user-book';

/** The books of the users who have something in them. */
export class Books {
  private readonly books = new Map<string, UserBook>();
  /** One event asks several times, with the same string. */
  private lastUser = '';
  private lastBook: UserBook | undefined;

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

  entries(): Iterable<readonly [user_id: string, book: UserBook]> {
    return this.books;
  }

  get size(): number {
    return this.books.size;
  }
}

const SEPARATOR = '\u0000';

/** One key of several ids. */
export const keyOf = (...ids: string[]): string => ids.join(SEPARATOR);
