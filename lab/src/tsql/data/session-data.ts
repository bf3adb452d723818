import type { Session } from "../host";
import { sqlError } from "../messages";
import type { Store, StoredObject, Transaction } from "../stored";
import { createStore } from "./store";
import { beginTransaction, commit, rollBack, undoTo } from "./transaction";

/** Temporary tables of one batch or procedure; those of its callers are further out. */
export interface TemporaryTables {
  readonly objects: Map<string, StoredObject>;
  readonly outer?: TemporaryTables;
}

/** The last identity value of a scope: SCOPE_IDENTITY(). */
export interface IdentityScope {
  last: bigint | null;
}

/** A session's own data, beside the server's databases. */
export interface SessionData {
  readonly temporary: TemporaryTables;
  /** Gives ids to temporary tables: tempdb's are negative in the catalog. */
  readonly ids: Store;
  /** Holds what the session has locked beyond its transactions, until it ends. */
  readonly holder: Transaction;
  /** @@IDENTITY */
  lastIdentity: bigint | null;
  readonly scope: IdentityScope;
  /** The table of SET IDENTITY_INSERT ... ON: there is one at a time. */
  identityInsert?: { readonly id: number; readonly name: string };
}

const known = new WeakMap<Session, SessionData>();

export function sessionData(session: Session): SessionData {
  const found = known.get(session) ?? newSessionData(session);
  known.set(session, found);
  return found;
}

function newSessionData({ spid }: Session): SessionData {
  return {
    temporary: { objects: new Map() },
    ids: createStore(),
    holder: beginTransaction(spid),
    lastIdentity: null,
    scope: { last: null },
  };
}

/** The session's open transaction; undefined in autocommit mode. */
export function openTransaction(session: Session): Transaction | undefined {
  if (session.transactionCount === 0) return undefined;
  session.transaction ??= beginTransaction(session.spid);
  return session.transaction;
}

export function startTransaction(session: Session, name?: string): void {
  if (session.transactionCount++ === 0) session.transaction = beginTransaction(session.spid, name);
}

/** The outermost COMMIT ends the transaction; returns the one that ended. */
export function commitTransaction(session: Session): Transaction | undefined {
  const open = openTransaction(session);
  session.transactionCount = Math.max(0, session.transactionCount - 1);
  if (session.transactionCount > 0) return undefined;
  session.transaction = undefined;
  if (open) commit(open, session.host.now());
  return open;
}

export function rollBackTransaction(session: Session): Transaction | undefined {
  const { transaction } = session;
  session.transactionCount = 0;
  session.transaction = undefined;
  if (transaction) rollBack(transaction);
  return transaction;
}

/** Remembers a savepoint. Throws 628 outside of a transaction. */
export function saveTransaction(session: Session, name: string): void {
  const open = openTransaction(session);
  if (!open) throw sqlError(628);
  open.savepoints.set(name.toLowerCase(), open.entries.length);
}

/** Rolls back to a savepoint and leaves the transaction open. Throws 6401. */
export function rollBackToSavepoint(session: Session, name: string): void {
  const open = openTransaction(session);
  const mark = open?.savepoints.get(name.toLowerCase());
  if (!open || mark === undefined) throw sqlError(6401, name);
  undoTo(open, mark);
}

/** Ends open transactions and temporary tables, for RESETCONNECTION and at the end of the connection. */
export function endSession(session: Session): void {
  rollBackTransaction(session);
  const data = known.get(session);
  if (data) rollBack(data.holder);
  known.delete(session);
}
