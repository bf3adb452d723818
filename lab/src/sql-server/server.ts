import type { Clock, Network } from "../network";
import type { TdsSession } from "../tds/contract";
import type { Session } from "../tsql/host";
import type { MirroringListener } from "./mirroring-listener";
import type { Certificate, Database, Instance, Login, MasterKey } from "./model";
import { findByName, nameKey } from "./names";
import type { Sessions } from "./sessions";

/** One instance with everything that its statements and views need around it. */
export interface Server {
  readonly instance: Instance;
  readonly clock: Clock;
  readonly network: Network;
  readonly listener: MirroringListener;
  /** Certificate files that the server wrote, by path in lower case; the machine's own files are never touched. */
  readonly files: Map<string, Buffer>;
  readonly sessions: Sessions;
  /** Opens a session from inside, for a step of a job. */
  readonly openSession: (login: Login, database: string, application: string) => TdsSession;
  /** Ends when the instance stops. */
  readonly stopping: AbortSignal;
}

/** A database's own keys and certificates. */
export interface KeyStore {
  masterKey?: MasterKey;
  readonly certificates: Map<string, Certificate>;
}

const userKeyStores = new WeakMap<Database, KeyStore>();

/** master's keys and certificates are in the model, because endpoints use no others. */
export function keyStore({ instance }: Server, databaseName: string): KeyStore {
  const database = findByName(instance.databases, databaseName);
  if (!database || nameKey(databaseName) === "master") return instance;
  const store = userKeyStores.get(database) ?? { certificates: new Map<string, Certificate>() };
  userKeyStores.set(database, store);
  return store;
}

export function currentKeyStore(server: Server, session: Session): KeyStore {
  return keyStore(server, session.database);
}

const opened = new WeakMap<Session, Set<MasterKey>>();

/** OPEN MASTER KEY opens the key for the rest of the session. */
export function openKey(session: Session, key: MasterKey): void {
  opened.set(session, (opened.get(session) ?? new Set()).add(key));
}

export function closeKey(session: Session, key: MasterKey): void {
  opened.get(session)?.delete(key);
}

/** A key is open by itself if the service master key encrypts it too, otherwise once the session has opened it. */
export function isKeyOpen(session: Session, key: MasterKey): boolean {
  return key.isEncryptedByServiceKey || opened.get(session)?.has(key) === true;
}

const systemDatabases: ReadonlySet<string> = new Set(["master", "tempdb", "model", "msdb"]);

export function isSystemDatabase(name: string): boolean {
  return systemDatabases.has(nameKey(name));
}
