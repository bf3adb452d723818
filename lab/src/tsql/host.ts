import type { SqlError } from "./messages";
import type { LockRequest, Store, Transaction } from "./stored";
import type { ObjectName } from "./syntax/object-name";
import type { ServerStatement } from "./syntax/server-statement";
import type { Column, SqlType, SqlValue, Typed } from "./types";

/** One statement ended. */
export interface StatementEnd {
  /** undefined where the server sends none. */
  readonly rowCount?: number;
  readonly isSelect: boolean;
  readonly failed: boolean;
  /** The kind of the statement: "insert", "createEndpoint" ... */
  readonly command?: string;
}

/** Where the results of statements go, in the order in which the server sends them. */
export interface ResultSink {
  columns(columns: readonly Column[]): void;
  row(values: readonly SqlValue[]): void;
  statementEnd(end: StatementEnd): void;
  error(error: SqlError): void;
  /** PRINT (number 0) and messages up to severity 10. */
  info(message: {
    readonly number: number;
    readonly severity: number;
    readonly state: number;
    readonly text: string;
    readonly line: number;
  }): void;
  databaseChanged(name: string, previous: string): void;
  /** Around a procedure that a batch calls: it ends as a remote call does, unless an error kept it from ending. */
  procedureBegan?(): void;
  procedureEnded?(returnStatus: number | undefined): void;
  /** A transaction that statements began or ended; those of the transaction manager's requests are not told. */
  transactionChanged?(change: "begin" | "commit" | "rollback", id: bigint): void;
  /** Until the client has read what it was sent, so that an endless answer waits for it; undefined where it has. */
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
  /** While a statement waits for a lock. */
  lockWait?: { readonly blockedBy: number; readonly request: LockRequest; readonly since: Date };
  /** SET options by upper-case name: XACT_ABORT, NOCOUNT, DATEFORMAT, ... */
  readonly options: Map<string, string>;
}

/** A table, view or dynamic view as SELECT sees it. */
export interface Table {
  readonly columns: readonly Column[];
  rows(wanted?: Wanted): Iterable<readonly SqlValue[]>;
}

/** By column: the only value that a row can have to count. Rows that have another one do no harm. */
export type Wanted = ReadonlyMap<string, SqlValue>;

/** A database with what users made in it. */
export interface UserDatabase {
  /** In the catalog's own spelling. */
  readonly name: string;
  readonly store: Store;
  /** 3906: a secondary replica, or SET READ_ONLY. */
  readonly isReadOnly: boolean;
  /** The session may do anything in it. */
  readonly isOwner: boolean;
}

export interface ScalarFunction {
  /** Result type from the arguments' types. */
  type(args: readonly SqlType[]): SqlType;
  call(args: readonly Typed[], session: Session): SqlValue;
}

/** A function in FROM. */
export interface TableFunction {
  readonly columns: readonly Column[];
  rows(args: readonly Typed[]): Iterable<readonly SqlValue[]>;
}

export interface ProcedureArgument extends Typed {
  /** Without the @, lower case; undefined when given by position. */
  readonly name?: string;
}
export interface Procedure {
  /** Result sets go to the sink; the return value is the return status. Throws SqlError. */
  run(args: readonly ProcedureArgument[], session: Session, sink: ResultSink): Promise<number> | number;
}

/** What the T-SQL language asks of the server that it runs on. The server model (lab/sql-server) implements it. */
export interface Host {
  /** undefined: no such object (208). Throws SqlError where permission is missing. Names compare as the catalog's collation does. */
  table(name: ObjectName, session: Session): Table | undefined;
  /** undefined: no such database. Throws 916, 927, 976. Where it is missing there are only temporary tables. */
  database?(name: string, session: Session): UserDatabase | undefined;
  /** System procedures and functions beyond the language's own (CERT_ID, SERVERPROPERTY, HAS_PERMS_BY_NAME ...). */
  procedure(name: ObjectName, session: Session): Procedure | undefined;
  scalarFunction(name: string): ScalarFunction | undefined;
  /** sys.dm_exec_sql_text(...) and the like. */
  tableFunction?(name: ObjectName, session: Session): TableFunction | undefined;
  /** @@SERVERNAME, @@VERSION ...: name upper case with both @; @@ROWCOUNT, @@ERROR, @@TRANCOUNT, @@SPID are the executor's own. */
  globalVariable(name: string, session: Session): Typed | undefined;
  /** Throws SqlError; info messages and result sets (DBCC) go to the sink. */
  execute(statement: ServerStatement, session: Session, sink: ResultSink): Promise<void>;
  /** The user that the session is in its database. */
  userName?(session: Session): string;
  /** USE: the catalog's spelling of the database. Throws 911, 916. */
  openDatabase(name: string, session: Session): string;
  /** Current time of the lab's clock. */
  now(): Date;
  /** WAITFOR and simulated latency. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}
