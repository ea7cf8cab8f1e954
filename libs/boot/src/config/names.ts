const PREFIX = 'MILLRACE_';
const words = (path: string): string[] => path.split(/[.\s]|(?=[A-Z])/).map((word) => word.toLowerCase());

/** `kafka.clientId` in the environment: `MILLRACE_KAFKA_CLIENT_ID`. */
export const environmentName = (path: string): string => PREFIX + words(path).join('_').toUpperCase();

/** The same with a file that holds the value: how secrets are mounted. */
export const fileName = (path: string): string => `${environmentName(path)}_FILE`;

/** `kafka.clientId` on the command line: `--kafka-client-id`. */
export const flagName = (path: string): string => `--${words(path).join('-')}`;
