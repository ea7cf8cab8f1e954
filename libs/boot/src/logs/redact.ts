import type { DestinationStream } from 'pino';

const REDACTED = '[redacted]';

/** Shorter ones would be found everywhere; and whoever has such a secret has none. */
const LEAST = 4;

/** What is a secret wherever it stands: by the field that holds it, or by its form. */
const FORMS: readonly (readonly [form: RegExp, instead: string])[] = [
  // A JSON field of such a name, at any depth, whatever text it holds.
  [
    /"((?:[\w.-]*[._-])?(?:password|passwd|secret|secret_?access_?key|session_?token|authorization|cookie|x-api-key|api_?key|private_?key))":"(?!\(secret\)")(?:[^"\\]|\\.)*"/gi,
    `"$1":"${REDACTED}"`,
  ],
  // Who and what in the address of a server: scheme://user:password@host.
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/@"\\]*:[^\s/"\\]*@/gi, `$1${REDACTED}@`],
  [/\b(Bearer|Basic) +[\w.~+/=-]+/gi, `$1 ${REDACTED}`],
  // Keys of the API, which are made so that they can be recognised.
  [/\bmr_[\w-]{20,}/g, REDACTED],
];

/** Takes secrets out of a line: the values given, as they are and as JSON and URLs write them, and what looks like one. */
export const redactor = (secrets: readonly string[]): ((line: string) => string) => {
  const values = [
    ...new Set(
      secrets
        .filter(({ length }) => length >= LEAST)
        .flatMap((secret) => [secret, inJson(secret), inJson(inJson(secret)), encodeURIComponent(secret)]),
    ),
    // One may be a part of another.
  ].sort((a, b) => b.length - a.length);
  return (line) => {
    let text = line;
    for (const [form, instead] of FORMS) text = text.replace(form, instead);
    for (const value of values) text = text.replaceAll(value, REDACTED);
    return text;
  };
};

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Passes lines on without their secrets. */
export const redacting = (destination: DestinationStream, secrets: readonly string[]): DestinationStream => {
  const redact = redactor(secrets);
  return { write: (line) => destination.write(redact(line)) };
};
