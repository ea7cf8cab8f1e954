/**
 * Where docs/runbooks is published. The domain is one that nobody can have: whoever publishes the pages puts its own there (docs/operate/monitoring.md).
 */
export const RUNBOOKS_URL = 'https://millrace.example/docs/runbooks';

export const runbookUrl = (alert: string): string => `${RUNBOOKS_URL}/${alert}.md`;
