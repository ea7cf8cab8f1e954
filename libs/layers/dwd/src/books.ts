import { UserBook } from './conversions/user-book';

/** The books of the users who have something in them. */
export class Books {
  private readonly books = new Map<string, UserBook>();

  find(user_id: string): UserBook | undefined {
    return this.books.get(user_id);
  }

  open(user_id: string): UserBook {
    let book = this.books.get(user_id);
    if (book === undefined) this.books.set(user_id, (book = new UserBook()));
    return book;
  }

  dropIfEmpty(user_id: string): void {
    if (this.books.get(user_id)?.empty === true) this.books.delete(user_id);
  }

  get size(): number {
    return this.books.size;
  }
}

const SEPARATOR = '\u0000';

/** One key of several ids. */
export const keyOf = (...ids: string[]): string => ids.join(SEPARATOR);
