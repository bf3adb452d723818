import type { SqlError } from "./messages";
import type { LockRequest, Store, Transaction } from "./stored";
import type { ObjectName } from "./syntax/object-name";
import type { ServerStatement } from "./syntax/server-statement";
import type { Column, SqlType, SqlValue, Typed } from "./types";

/** The end of one statement. */
export interface StatementEnd {
  /** The number of rows, undefined where the server sends none. */
  readonly rowCount?: number;
  readonly isSelect: boolean;
  readonly failed: boolean;
  /** The kind of the statement: "insert", "createEndpoint" ... */
  readonly command?: string;
}

/** Takes the results of statements, in the order in which the server sends them. */
export interface ResultSink {
  columns(columns: readonly Column[]): void;
  row(values: readonly SqlValue[]): void;
  statementEnd(end: StatementEnd): void;
  error(error: SqlError): void;
  /** Takes what PRINT says (number 0) and messages up to severity 10. */
  info(message: {
    readonly number: number;
    readonly severity: number;
    readonly state: number;
    readonly text: string;
    readonly line: number;
  }): void;
  databaseChanged(name: string, previous: string): void;
  /** Called around a procedure that a batch calls: it ends as a remote call does, unless an error kept it from ending. */
  procedureBegan?(): void;
  procedureEnded?(returnStatus: number | undefined): void;
  /** Called for a transaction that a statement began or ended, but not one of the transaction manager's requests. */
  transactionChanged?(change: "begin" | "commit" | "rollback", id: bigint): void;
  /** Ends when the client has read what it was sent, so that an endless answer waits for it; undefined where it has read all. */
  drained?(): Promise<void> | undefined;
}

/** A login's session on one instance: what the T-SQL executor reads and changes. */
export interface Session {
  readonly host: Host;
  readonly spid: number;
  readonly login: string;
  readonly isSysadmin: boolean;
  readonly hostName: string;
  readonly applicationName: string;
  /** The current database, in the catalog's own spelling. */
  database: string;
  /** Open transactions (@@TRANCOUNT). */
  transactionCount: number;
  /** The open transaction, from its first statement on. */
  transaction?: Transaction;
  /** The lock that a statement waits for. */
  lockWait?: { readonly blockedBy: number; readonly request: LockRequest; readonly since: Date };
  /** SET options by upper-case name: XACT_ABORT, NOCOUNT, DATEFORMAT, ... */
  readonly options: Map<string, string>;
}

/** A table, view or dynamic view as SELECT sees it. */
export interface Table {
  readonly columns: readonly Column[];
  rows(wanted?: Wanted): Iterable<readonly SqlValue[]>;
}

/** By column, the value that a row must have to be of use. A table may leave out other rows, but need not. */
export type Wanted = ReadonlyMap<string, SqlValue>;

/** A database with what users made in it. */
export interface UserDatabase {
  /** The name in the catalog's own spelling. */
  readonly name: string;
  readonly store: Store;
  /** Changes are refused with 3906: the database is a secondary replica, or was SET READ_ONLY. */
  readonly isReadOnly: boolean;
  /** The session may do anything in the database. */
  readonly isOwner: boolean;
}

export interface ScalarFunction {
  /** The result's type, from the arguments' types. */
  type(args: readonly SqlType[]): SqlType;
  call(args: readonly Typed[], session: Session): SqlValue;
}

/** A function in FROM. */
export interface TableFunction {
  readonly columns: readonly Column[];
  rows(args: readonly Typed[]): Iterable<readonly SqlValue[]>;
}

export interface ProcedureArgument extends Typed {
  /** The name without the @, lower case; undefined when given by position. */
  readonly name?: string;
}
export interface Procedure {
  /** Result sets go to the sink; the return value is the return status. Throws SqlError. */
  run(args: readonly ProcedureArgument[], session: Session, sink: ResultSink): Promise<number> | number;
}

/** The server as the T-SQL language needs it. The server model (lab/sql-server) implements it. */
export interface Host {
  /**
   * Finds a table or view; undefined: 208. Throws SqlError where permission is missing. Names compare as the
   * catalog's collation says.
   */
  table(name: ObjectName, session: Session): Table | undefined;
  /** Finds a database; undefined: there is none. Throws 916, 927, 976. A host without this has only temporary tables. */
  database?(name: string, session: Session): UserDatabase | undefined;
  /** Finds a system procedure, or below a function, that the language does not have itself (CERT_ID, SERVERPROPERTY ...). */
  procedure(name: ObjectName, session: Session): Procedure | undefined;
  scalarFunction(name: string): ScalarFunction | undefined;
  /** Finds a function in FROM, such as sys.dm_exec_sql_text(...). */
  tableFunction?(name: ObjectName, session: Session): TableFunction | undefined;
  /**
   * The value of @@SERVERNAME, @@VERSION and the like; the name is in upper case with both @. The executor itself
   * knows @@ROWCOUNT, @@ERROR, @@TRANCOUNT and @@SPID.
   */
  globalVariable(name: string, session: Session): Typed | undefined;
  /** Carries out a statement of the server. Throws SqlError; info messages and result sets (DBCC) go to the sink. */
  execute(statement: ServerStatement, session: Session, sink: ResultSink): Promise<void>;
  /** The user that the session is in its database. */
  userName?(session: Session): string;
  /** USE: returns the catalog's spelling of the database. Throws 911, 916. */
  openDatabase(name: string, session: Session): string;
  /** The time of the lab's clock. */
  now(): Date;
  /** Waits, for WAITFOR and for simulated latency. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}
