import { aheadOf } from "../clock";
import type { Faults } from "../faults/faults";
import type { Journal } from "../journal";
import type { Clock, Network } from "../network";
import type { LoginAccepted, LoginRefused, LoginRequest, TdsBackend } from "../tds/contract";
import { keepKeysReady } from "./certificates/key-pool";
import { writeErrorLog } from "./error-log";
import { createHost } from "./host";
import { injected } from "./journaled";
import { createMirroringListener } from "./mirroring-listener";
import type { Instance } from "./model";
import type { Server } from "./server";
import { createSession } from "./session";
import { type Refused, type SignedIn, signIn } from "./sign-in";

export interface BackendAround {
  readonly instance: Instance;
  readonly network: Network;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly faults: Faults;
}

export interface Backend extends TdsBackend {
  /** Closes the mirroring endpoint; the TDS port is closed by whoever listens on it. */
  close(): Promise<void>;
  /** Starts the instance again after a close: what it had on disk is there, and nothing else. */
  restart(): Promise<void>;
}

/** One instance behind its TDS port. Its mirroring endpoint listens from now on, where it has one that is started. */
export function createBackend({ instance, network, clock: common, journal, faults }: BackendAround): Backend {
  const clock = aheadOf(common, () => instance.clockAheadMilliseconds);
  const listener = createMirroringListener(instance, clock);
  let stopping = new AbortController();
  const server: Server = {
    ...{ instance, network, clock, listener, files: new Map(), sessions: new Map() },
    openSession(login, database, applicationName) {
      const client = {
        address: "<local machine>",
        port: 0,
        isEncrypted: false,
        packetSize: 4096,
        tdsVersion: 0x74000004,
      };
      const request = {
        ...{ user: login.name, password: "", database, hostName: instance.hostName, applicationName },
        client: { ...client, disconnect: () => undefined },
      };
      return createSession({ host, around, instance, sessions: server.sessions, login, database, request });
    },
    get stopping() {
      return stopping.signal;
    },
  };
  const host = createHost(server);
  const around = { instanceName: instance.name, clock: common, journal, faults };
  const started = listener.follow();
  keepKeysReady();

  async function login(request: LoginRequest): Promise<LoginAccepted | LoginRefused> {
    await started;
    const fault = faults.beforeLogin(instance.name, request.user);
    const answer: SignedIn | Refused = fault ? { errors: [injected(fault)] } : signIn(instance, host, request);
    const { user, client, applicationName: application } = request;
    const at = clock.now();
    const accepted = "login" in answer;
    journal.record({
      at: common.now(),
      kind: "connection",
      instance: instance.name,
      login: user,
      application,
      accepted,
    });
    if (accepted)
      return {
        session: createSession({ host, around, instance, sessions: server.sessions, ...answer, request }),
      };
    const { errors, reason } = answer;
    if (reason)
      writeErrorLog(instance, at, `Login failed for user '${user}'. Reason: ${reason} [CLIENT: ${client.address}]`);
    return { errors };
  }

  return {
    get serverName() {
      return instance.serverName ?? instance.hostName;
    },
    version: instance.version,
    get forceEncryption() {
      return instance.forceEncryption;
    },
    get tokenIssuer() {
      return instance.directory;
    },
    login,
    close() {
      stopping.abort();
      return listener.close();
    },
    async restart() {
      stopping = new AbortController();
      instance.traceFlags.clear();
      for (const flag of instance.startupTraceFlags) instance.traceFlags.add(flag);
      instance.startTime = clock.now();
      instance.serverName = instance.localServer;
      // tempdb is made anew at every start.
      instance.databases.get("tempdb")?.store.objects.clear();
      await listener.follow();
    },
  };
}
