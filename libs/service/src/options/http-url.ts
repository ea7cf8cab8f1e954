import { type Option, text } from '@millrace/boot';

/**
 * The address of a server. It is printed, so that a name and a password in it are refused; and what is refused is not
 * repeated, for it may hold them.
 */
export const httpUrl = ({
  example,
  ...said
}: {
  readonly description: string;
  readonly example: string;
  readonly default?: string;
}): Option<string> => {
  const expected = `a URL such as ${example}`;
  return text({
    ...said,
    expected,
    read: (written) => {
      const url = URL.canParse(written) ? new URL(written) : null;
      if (url === null || !['http:', 'https:'].includes(url.protocol)) throw new Error(`expected ${expected}`);
      if (url.username !== '' || url.password !== '')
        throw new Error('a name and a password do not belong into a URL, which is printed; there are options for them');
      return written;
    },
  });
};
