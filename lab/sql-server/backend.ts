import type { Faults } from "../faults/faults";
import type { Journal } from "../journal";
import type { Clock, Network } from "../network";
import type { LoginAccepted, LoginRefused, LoginRequest, TdsBackend } from "../tds/contract";
import type { Host, Session } from "../tsql/host";
import { SqlError, sqlError } from "../tsql/messages";
import { keepKeysReady } from "./certificates/key-pool";
import { createHost } from "./host";
import { createMirroringListener } from "./mirroring-listener";
import type { Instance, Login } from "./model";
import { findByName } from "./names";
import type { Server } from "./server";
import { createSession } from "./session";

export interface BackendAround {
  readonly instance: Instance;
  readonly network: Network;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly faults: Faults;
}

export interface Backend extends TdsBackend {
  /** Of the mirroring endpoint; whoever listens for TDS closes that. */
  close(): Promise<void>;
  /** After a close: what the instance had on disk is there again, and nothing else. */
  restart(): Promise<void>;
}

/** One instance behind its TDS port. Its mirroring endpoint listens from now on, where it has one that is started. */
export function createBackend({ instance, network, clock, journal, faults }: BackendAround): Backend {
  const listener = createMirroringListener(instance, clock);
  const server: Server = { instance, network, clock, listener, files: new Map(), sessions: new Map() };
  const host = createHost(server);
  const around = { instanceName: instance.name, clock, journal, faults };
  const started = listener.follow();
  keepKeysReady();

  async function login(request: LoginRequest): Promise<LoginAccepted | LoginRefused> {
    await started;
    const known = findByName(instance.logins, request.user);
    const accepted = known !== undefined && known.password === request.password;
    const opened = accepted ? openedDatabase(host, known, request) : sqlError(18456, request.user);
    journal.record({
      at: clock.now(),
      kind: "connection",
      instance: instance.name,
      login: request.user,
      application: request.applicationName,
      accepted: typeof opened === "string",
    });
    if (!accepted) logRefusal(instance, request, known, clock);
    if (!accepted || opened instanceof SqlError) return { errors: refusals(opened, request.user) };
    return {
      session: createSession({ host, around, sessions: server.sessions, login: known, database: opened, request }),
    };
  }

  return {
    serverName: instance.name,
    version: instance.version,
    get forceEncryption() {
      return instance.forceEncryption;
    },
    login,
    close: () => listener.close(),
    async restart() {
      instance.traceFlags.clear();
      for (const flag of instance.startupTraceFlags) instance.traceFlags.add(flag);
      instance.startTime = clock.now();
      // tempdb is made anew at every start.
      instance.databases.get("tempdb")?.store.objects.clear();
      await listener.follow();
    },
  };
}

/** The client only learns that the login failed; the reason is for the administrator. */
function logRefusal(
  { errorLog }: Instance,
  { user, client }: LoginRequest,
  known: Login | undefined,
  clock: Clock,
): void {
  const reason = known
    ? "Password did not match that for the login provided."
    : "Could not find a login matching the name provided.";
  errorLog.push({
    at: clock.now(),
    text: `Login failed for user '${user}'. Reason: ${reason} [CLIENT: ${client.address}]`,
  });
}

function refusals(error: string | SqlError, user: string): SqlError[] {
  const failed = sqlError(18456, user);
  return error instanceof SqlError && error.number !== 18456 ? [error, failed] : [failed];
}

/** 4060 for every reason that keeps a login out of the database it asked for. */
function openedDatabase(host: Host, { name, isSysadmin }: Login, request: LoginRequest): string | SqlError {
  const asking: Session = {
    host,
    spid: 0,
    login: name,
    isSysadmin,
    hostName: request.hostName,
    applicationName: request.applicationName,
    database: "master",
    transactionCount: 0,
    options: new Map(),
  };
  try {
    return host.openDatabase(request.database || "master", asking);
  } catch (error) {
    if (error instanceof SqlError) return sqlError(4060, request.database);
    throw error;
  }
}
