import type { Agreement, OptionTable, Program, Settings } from '@millrace/boot';

/** What a command says, and to whom. */
export interface Console {
  readonly say: (line: string) => void;
}

/** One of the operator's commands: a program of its own, with its own option table. */
export interface AdminCommand<Table extends OptionTable = OptionTable> extends Program {
  readonly options: Table;
  readonly agreements?: readonly Agreement<Table>[];
  /** Returns the exit code: 0 when nothing is left to do, 1 when something is. */
  readonly run: (settings: Settings<Table>, console: Console) => Promise<number>;
}

/** Checks a command against its own table, and then forgets the table's type, so that commands can stand in one list. */
export const command = <Table extends OptionTable>(it: AdminCommand<Table>): AdminCommand => it as unknown as AdminCommand;
