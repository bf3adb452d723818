import { isDeepStrictEqual } from "node:util";
import { adoptProperty, oneOf, wholeNumber } from "../../arguments/kinds";
import { sameName, sysname } from "../../arguments/names";
import { type SqlServer, sqlServerProperty } from "../../arguments/sql-server-settings";
import { adviceFor } from "../../errors/catalogue";
import { pause } from "../../errors/interrupted";
import { VisibleError } from "../../errors/visible-error";
import type { Context } from "../../lifecycle/context";
import type { Created, Lifecycle } from "../../lifecycle/contract";
import {
  isLeftToAnother,
  replacementOfTaken,
  requireNotAnothers,
  standingOf,
  type TakenOver,
  type Unlike,
} from "../../lifecycle/ownership";
import { finished, type Noted, recorded } from "../../lifecycle/recorded";
import { hasUnknown } from "../../lifecycle/unknown";
import { findCertificate } from "../../sql-server/catalog/certificates";
import { moveLink } from "../../sql-server/catalog/connected";
import {
  type Endpoint,
  findEndpoint,
  hasAes,
  isListening,
  otherUses,
  partnersOf,
  usersOf,
} from "../../sql-server/catalog/endpoint";
import { remoteMembers } from "../../sql-server/catalog/groups";
import { told, unmet, written } from "../../sql-server/clauses";
import type { Sql } from "../../sql-server/connection";
import { alreadyExists, kept, lookAt, vanished } from "../../sql-server/outcome";
import { type Statement, sql } from "../../sql-server/tsql";
import { alterProven, type Unproven } from "./change";
import {
  type Algorithm,
  algorithms,
  changed,
  type Definition,
  definitionOf,
  differs,
  restored,
  type Wanted,
  whole,
} from "./definition";
import { requireTrusted } from "./trusting-instances";

interface Inputs {
  readonly sqlServer: SqlServer;
  readonly certificateName: string;
  readonly endpointName?: string;
  readonly port?: number;
  readonly state: "STARTED" | "STOPPED";
  readonly algorithm?: Algorithm;
  readonly adopt?: boolean;
}
/** The inputs once a name and a port are chosen. */
interface Settled extends Inputs {
  readonly endpointName: string;
  readonly port: number;
}
interface State extends Settled {
  readonly instanceId: string;
  /** Of one that was taken over: the endpoint as it was found, to be put back on delete. */
  readonly before?: Endpoint;
  readonly unproven?: Unproven;
  /** Login that owned it when it was made or last changed here; in an older state, when it was first looked at. */
  readonly owner?: string;
  /** What the endpoint was known by when it was made or last changed here. */
  readonly endpointId?: number;
}

export const mirroringEndpoint = {
  properties: {
    sqlServer: sqlServerProperty,
    certificateName: sysname("update"),
    // "update", though it drops the endpoint: update looks first whether somebody is connected, a replacement would not.
    endpointName: { ...sysname("update"), required: false, computed: true },
    port: { ...wholeNumber({ from: 1024, to: 32767, onChange: "update" }), computed: true },
    state: oneOf(["STARTED", "STOPPED"], "update"),
    // Left out, an endpoint that was taken over keeps what it has.
    algorithm: { ...oneOf(algorithms, "update"), default: undefined, computed: true, since: 3 },
    adopt: adoptProperty,
  },

  /** Another name means dropping the endpoint. */
  refusal(state, { endpointName }) {
    const isRenamed =
      endpointName !== undefined && !hasUnknown(endpointName) && !sameName(endpointName, state.endpointName);
    const taken: TakenOver = state.before ? { before: { ...state.before } } : {};
    return replacementOfTaken(`the mirroring endpoint ${state.endpointName}`, taken, {
      replaces: isRenamed ? ["endpointName"] : [],
    });
  },

  async observe(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const endpoint = await findEndpoint(server);
    if (!endpoint || !sameName(endpoint.name, state.endpointName ?? endpoint.name)) return undefined;
    const { instanceId = server.instance.id, owner = endpoint.owner ?? undefined } = state;
    const wanted = await wantedOf(server, shownBy(endpoint, state), endpoint, state, context);
    const problems = [
      told([...wanted.tcp, ...wanted.mirroring]),
      otherOwner(endpoint, state),
      await silence(server, endpoint),
      unfinishedChange(state),
    ].filter((problem) => problem !== undefined);
    return {
      state: { ...state, instanceId, owner, ...asState(endpoint, state) },
      drift: problems.length === 0 ? undefined : problems.join("; "),
    };
  },

  async learn({ sqlServer }, context) {
    const endpoint = sqlServer && (await findEndpoint(await context.sql(sqlServer)));
    return endpoint && { certificateName: endpoint.certificateName ?? "" };
  },

  async create(inputs, context) {
    const server = await context.sql(inputs.sqlServer);
    const existing = await findEndpoint(server);
    if (!existing) return await make(server, settledInputs(inputs), context);
    const { before } = await standingOf(
      {
        ...noted(server, settledInputs(inputs)),
        what: `the mirroring endpoint ${existing.name}`,
        differences: [...differences(inputs, existing), ...(await unusable(server, inputs, existing))],
        before: { ...existing },
        adopt: inputs.adopt,
        refusal: () => otherEndpoint(server, settledInputs(inputs), existing),
      },
      context,
    );
    const chosen = settledInputs(inputs, existing);
    const taken = { ...chosen, endpointName: existing.name, instanceId: server.instance.id };
    const known = before ? { ...taken, before: before as unknown as Endpoint } : taken;
    return await finished<State>(idOf(server, chosen), known, () => this.update(known, chosen, context));
  },

  steps(inputs) {
    const chosen = settledInputs(inputs);
    return {
      steps: [{ on: "SQL Server", doing: doingCreate(chosen), statement: creation(chosen) }],
      outputs: { endpointName: chosen.endpointName, port: chosen.port },
    };
  },

  async update(state, given, context) {
    const inputs = { ...settledInputs(given, { name: state.endpointName, port: state.port }), ...pickBefore(state) };
    const server = await context.sql(inputs.sqlServer, state.instanceId);
    const existing = await findEndpoint(server);
    if (!existing) return (await make(server, inputs, context)).state;
    const isRenamed = !sameName(existing.name, inputs.endpointName);
    const isOthers = !sameName(existing.name, state.endpointName) || isAnother(existing, state.endpointId);
    if (isRenamed && isOthers) throw otherEndpoint(server, inputs, existing);
    const toBeChanged = { ...noted(server, inputs), doing: `change the mirroring endpoint ${existing.name}` };
    const isStopped = existing.state === "STARTED" && inputs.state === "STOPPED";
    if (isRenamed || isStopped || existing.port !== inputs.port) await requireNobodyConnected(server, existing, inputs);
    if (!sameName(existing.certificateName ?? "", inputs.certificateName))
      await requireTrusted(server, existing.name, inputs.certificateName, context);
    if (isRenamed) {
      await requireNoOtherUse(server, existing, inputs);
      await requireNotAnothers(toBeChanged, context);
      await drop(server, existing.name);
      return (await make(server, inputs, context)).state;
    }
    const wanted = await wantedOf(server, inputs, existing, state, context);
    const difference = differs(wanted) ? changed(wanted) : undefined;
    // The port may be free by now.
    const again = (await silence(server, existing)) === undefined ? undefined : written([wanted.state]);
    const change = difference ?? again;
    if (change || state.unproven) {
      await requireNotAnothers(toBeChanged, context);
      await alterProven(server, await provenBy(server, state, existing, wanted), change, {
        id: idOf(server, inputs),
        state: { ...state, ...asState(existing, state) },
        newCertificate: inputs.certificateName,
        signal: context.signal,
      });
    }
    if (otherOwner(existing, state)) await giveBack(server, existing, state);
    return await settled(server, inputs, context, state.endpointId);
  },

  async delete(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const endpoint = await findEndpoint(server);
    if (!endpoint || (await isLeftToAnother(noted(server, state), context))) return;
    if (!sameName(endpoint.name, state.endpointName)) return;
    if (isAnother(endpoint, state.before ? state.before.id : state.endpointId))
      context.warn(madeByOthers(server, endpoint));
    else if (state.before) await putBack(server, endpoint, state, state.before, context);
    else await dropUnused(server, endpoint, context);
  },
} satisfies Lifecycle<Inputs, State>;

/** The name under which it is noted: an instance has only one, whatever it is called. */
const theOne = "DATABASE_MIRRORING";

const noted = (server: Sql, inputs: Settled): Noted => ({
  server,
  kind: "endpoint",
  name: theOne,
  doing: doingCreate(inputs),
  async identity() {
    const endpoint = await findEndpoint(server);
    return endpoint && String(endpoint.id ?? endpoint.name);
  },
});

/** Whether it is not the one that this stack made or took over, though it has its name. */
const isAnother = ({ id }: Endpoint, recorded: number | null | undefined): boolean =>
  typeof id === "number" && typeof recorded === "number" && recorded !== id;

const madeByOthers = (server: Sql, { name }: Endpoint): string =>
  `Kept the mirroring endpoint ${name} on ${server.instance.name} (${server.address}): it is not the one that this stack had. Somebody dropped that, and made this one under its name. Once nothing needs it, remove it by hand: ${dropStatement(name).text}`;

async function dropUnused(server: Sql, { name }: Endpoint, { warn }: Context): Promise<void> {
  const users = await usersOf(server);
  if (users.length === 0) return await drop(server, name);
  const labels = users.map(({ label }) => label);
  warn(kept(server, `the mirroring endpoint ${name}`, labels, dropStatement(name).text));
}

/** What the program leaves open is as it is found, or as the script page has it. */
const settledInputs = (inputs: Inputs, found?: Pick<Endpoint, "name" | "port">): Settled => ({
  ...inputs,
  endpointName: inputs.endpointName ?? found?.name ?? "database_mirroring_endpoint",
  port: inputs.port ?? found?.port ?? 5022,
});

const pickBefore = ({ before }: Pick<State, "before">) => (before ? { before } : {});

/** How an endpoint that is there differs from what the program declares, in words. */
function differences(inputs: Inputs, existing: Endpoint): Unlike[] {
  const wanted = settledInputs(inputs, existing);
  const { state, tcp, mirroring } = definitionOf(wanted, existing, { accepts: existing, listens: existing });
  const name: Unlike = {
    what: `its name is ${existing.name}, not ${wanted.endpointName}`,
    remedy: `leave endpointName out, or declare ${JSON.stringify(existing.name)}: another name means dropping the endpoint, with who may connect to it. The name is of no consequence to a link`,
  };
  return [
    ...(sameName(wanted.endpointName, existing.name) ? [] : [name]),
    ...unmet([state, ...tcp, ...mirroring]).map((one) => ({ what: told([one]) ?? "" })),
  ];
}

/** Why an endpoint is not taken over: it would cut off others, or weaken or change what only the user can decide about. */
async function unusable(server: Sql, inputs: Inputs, existing: Endpoint): Promise<Unlike[]> {
  const found: Unlike[] = [];
  if (!hasAes(existing) && inputs.algorithm === undefined)
    found.push({
      what: `the mirroring endpoint ${existing.name} does not encrypt by AES (${existing.algorithm ?? "no encryption"}), which a link needs`,
      remedy:
        'give algorithm: "RC4 AES" (or "AES RC4"), which adds AES and keeps RC4 for its partners of today; or "AES", once all of them speak AES',
    });
  const certificate = existing.certificateName;
  const users = (await usersOf(server)).map(({ label }) => label);
  if (certificate !== null && !sameName(certificate, inputs.certificateName) && users.length > 0)
    found.push({
      what: `the mirroring endpoint ${existing.name} shows its partners the certificate ${certificate}, which others may know it by: ${users.join(", ")}`,
      remedy: `an endpoint has one certificate. Take that one over: certificateName: ${JSON.stringify(certificate)} and adopt: true of the SqlServerCertificate`,
    });
  return found;
}

/** Puts an endpoint that was taken over back as it was found, unless links use it by now. */
async function putBack(
  server: Sql,
  endpoint: Endpoint,
  state: State,
  found: Endpoint,
  context: Context,
): Promise<void> {
  const where = `on ${server.instance.name} (${server.address})`;
  const ofToday: Partial<Endpoint> = {
    // A rotated certificate is gone: the one of today stays.
    ...(found.certificateName !== null &&
      !(await findCertificate(server, found.certificateName)) && { certificateName: endpoint.certificateName }),
    // What a DBA has changed since: others may have followed it there.
    ...(endpoint.port !== state.port && { port: endpoint.port }),
    ...(endpoint.address !== found.address && { address: endpoint.address }),
    ...(endpoint.state !== state.state && { state: endpoint.state }),
  };
  const before = { ...found, ...ofToday };
  const stays = Object.keys(ofToday).map((name) => (name === "certificateName" ? "certificate" : name));
  const asNamed = (one: Endpoint) => ({ ...one, id: null, owner: null });
  if (!isDeepStrictEqual(asNamed(endpoint), asNamed(before))) {
    const statement = sql`ALTER ENDPOINT ${sql.identifier(endpoint.name)} ${restored(before)}`;
    const links = await remoteMembers(server);
    if (links.length > 0) {
      const names = links.map(({ groupName }) => groupName).join(", ");
      context.warn(
        `The mirroring endpoint ${endpoint.name} ${where}, which was there before this stack, stays as it is now: ${names} ${links.length === 1 ? "uses" : "use"} it. To put it back later: ${statement.text}`,
      );
      return;
    }
    const doing = `put the mirroring endpoint ${endpoint.name} back as it was found`;
    await server.change(doing, statement, async () => false);
  }
  context.warn(
    `The mirroring endpoint ${endpoint.name} ${where} was there before this stack: it stays, as it was found${stays.length === 0 ? "" : `, but with the ${inWords(stays)} of today`}.`,
  );
}

const inWords = (names: readonly string[]): string =>
  [names.slice(0, -1).join(", "), ...names.slice(-1)].filter((part) => part !== "").join(" and ");

const idOf = (server: Sql, { endpointName }: Settled): string => `${server.instance.name}/${endpointName}`;

const dropStatement = (name: string) => sql`DROP ENDPOINT ${sql.identifier(name)}`;

const drop = (server: Sql, name: string): Promise<void> =>
  server.change(
    `drop the mirroring endpoint ${name}`,
    dropStatement(name),
    async () => !sameName((await findEndpoint(server))?.name ?? "", name),
  );

/** Who must connect again: nobody where the change means nothing to partners, but whoever an earlier run left unproven. */
async function provenBy(server: Sql, { unproven }: State, existing: Endpoint, wanted: Definition): Promise<Unproven> {
  const connected = unmet(wanted.mirroring).length === 0 ? [] : (await partnersOf(server)).filter((p) => p.isConnected);
  const replicaIds = new Set([...(unproven?.replicaIds ?? []), ...connected.map(({ replicaId }) => replicaId)]);
  return { before: unproven?.before ?? existing, replicaIds: [...replicaIds] };
}

const unfinishedChange = ({ unproven }: Pick<State, "unproven">): string | undefined =>
  unproven && "a change of the endpoint was interrupted before everybody was connected again";

/** Refuses another port, state or name while somebody is connected: the change would cut them off. */
async function requireNobodyConnected(server: Sql, existing: Endpoint, inputs: Settled): Promise<void> {
  const connected = (await usersOf(server)).filter(({ isConnected }) => isConnected);
  if (connected.length === 0) return;
  const wanted = [
    ...(sameName(existing.name, inputs.endpointName) ? [] : [`the name ${inputs.endpointName}`]),
    ...(existing.port === inputs.port ? [] : [`the port ${inputs.port}`]),
    ...(existing.state === inputs.state ? [] : [`the state ${inputs.state}`]),
  ];
  throw new VisibleError(
    {
      doing: `give the mirroring endpoint ${existing.name} ${wanted.join(" and ")} on ${server.instance.name} (${server.address})`,
      said: [`connected over it: ${connected.map(({ label }) => label).join(", ")}`],
      cause: "the change would cut them off. Nothing was changed.",
      remedy:
        existing.port !== inputs.port
          ? moveLink
          : "take the change back; or remove the links and groups that use the endpoint, make the change, and make them again.",
    },
    ["EndpointInUse"],
  );
}

/** Refuses another name while something else uses the endpoint: the new endpoint would lack its grants, and what only the old one accepted. */
async function requireNoOtherUse(server: Sql, existing: Endpoint, { endpointName }: Settled): Promise<void> {
  const uses = await otherUses(server);
  if (uses.length === 0) return;
  throw new VisibleError(
    {
      doing: `give the mirroring endpoint ${existing.name} the name ${endpointName} on ${server.instance.name} (${server.address})`,
      said: [`something else uses it: ${uses.join(", ")}`],
      cause: "another name means dropping the endpoint, with what it accepts and who may connect to it.",
      remedy: "nothing was changed. Take the change back: the name is of no consequence to a link.",
    },
    ["EndpointInUse"],
  );
}

const creation = (inputs: Settled): Statement =>
  sql`CREATE ENDPOINT ${sql.identifier(inputs.endpointName)} ${whole(definitionOf(inputs))}`;

const doingCreate = ({ endpointName }: Settled): string => `create the mirroring endpoint ${endpointName}`;

async function make(server: Sql, inputs: Settled, context: Context): Promise<Created<State>> {
  const { endpointName } = inputs;
  return await recorded<State>(
    idOf(server, inputs),
    { ...inputs, instanceId: server.instance.id },
    () =>
      server.change(doingCreate(inputs), creation(inputs), async () =>
        sameName((await findEndpoint(server))?.name ?? "", endpointName),
      ),
    () => settled(server, inputs, context),
    context,
    noted(server, inputs),
  );
}

function otherEndpoint(server: Sql, { endpointName }: Settled, existing: Endpoint) {
  return alreadyExists(
    server,
    `create the mirroring endpoint ${endpointName}`,
    `the endpoint ${existing.name} exists already: port ${existing.port}, ${existing.state}, ${existing.authentication}`,
    {
      because: "an instance can have only one endpoint of the type DATABASE_MIRRORING.",
      look: lookAt.groupUrls,
      instead: "let the links of one server share one InstancePairing, and its InstancePairings one PreparedServer",
    },
    7862,
  );
}

/** What the endpoint must be, for the link and for whatever else uses it. Warns of what it accepts only for that other use. */
async function wantedOf(
  server: Sql,
  wanted: Wanted,
  found: Endpoint,
  { before }: Pick<State, "before">,
  context: Context,
): Promise<Definition> {
  // As it was found, so that a change by hand since then shows.
  if (before) return definitionOf(wanted, found, { accepts: before, listens: before });
  const ours = definitionOf(wanted, found);
  const shared = definitionOf(wanted, found, { accepts: found });
  const beyond = shared.mirroring.filter(({ wanted: { text } }, i) => text !== ours.mirroring[i]?.wanted.text);
  if (beyond.length === 0) return ours;
  const uses = await otherUses(server);
  if (uses.length === 0) return ours;
  context.warn(
    `The mirroring endpoint ${found.name} on ${server.instance.name} accepts more than a link needs: ${written(beyond).text}. It stays so, as something else uses the endpoint: ${uses.join(", ")}.`,
  );
  return shared;
}

/** The arguments as the endpoint shows them, so that only what no argument shows is left to differ. */
const shownBy = (endpoint: Endpoint, state: Inputs): Wanted => ({
  ...(state.algorithm && { algorithm: state.algorithm }),
  state: state.state,
  port: endpoint.port,
  certificateName: endpoint.certificateName ?? declaredName(state.certificateName),
});

function otherOwner({ owner }: Endpoint, state: Pick<State, "owner">): string | undefined {
  if (state.owner === undefined || owner === null || sameName(owner, state.owner)) return undefined;
  return `the endpoint's owner is ${owner}, not ${state.owner}`;
}

/** Gives the endpoint back to its former owner. Where that login is gone, the new owner stays, and is recorded. */
async function giveBack(server: Sql, { name }: Endpoint, { owner = "" }: State): Promise<void> {
  const logins = await server.query<{ readonly name: string }>(
    `look for the login ${owner}`,
    sql`SELECT name FROM sys.server_principals WHERE name = ${sql.string(owner)}`,
  );
  if (logins.length === 0) return;
  await server.change(
    `give the mirroring endpoint ${name} back to ${owner}`,
    sql`ALTER AUTHORIZATION ON ENDPOINT::${sql.identifier(name)} TO ${sql.identifier(owner)}`,
    async () => sameName((await findEndpoint(server))?.owner ?? "", owner),
  );
}

function asState(endpoint: Endpoint, { state, certificateName }: Inputs) {
  return {
    endpointName: endpoint.name,
    port: endpoint.port,
    state: endpoint.state === "STARTED" ? ("STARTED" as const) : state === "STARTED" ? ("STOPPED" as const) : state,
    certificateName: endpoint.certificateName ?? without(certificateName),
  };
}

/** Stands for no certificate, so that it differs from the declared one. A second refresh finds the name in what the first recorded. */
const without = (certificateName: string): string => `(not ${declaredName(certificateName)})`;
const declaredName = (recorded: string): string => /^\(not (.*)\)$/s.exec(recorded)?.[1] ?? recorded;

async function settled(server: Sql, inputs: Settled, { signal }: Context, endpointId?: number): Promise<State> {
  const endpoint = await findEndpoint(server);
  if (!endpoint) throw vanished(server, `the mirroring endpoint ${inputs.endpointName}`);
  await requireListener(server, endpoint, signal);
  const { owner, id = null } = endpoint;
  return {
    ...inputs,
    ...asState(endpoint, inputs),
    instanceId: server.instance.id,
    ...(owner !== null && { owner }),
    ...(id !== null && { endpointId: endpointId ?? id }),
  };
}

/** The problem that the endpoint is started and nobody listens: another process has the port. */
async function silence(server: Sql, { state, port }: Endpoint): Promise<string | undefined> {
  if (state !== "STARTED" || (await isListening(server, port))) return undefined;
  return `the endpoint is started but does not listen on port ${port}`;
}

async function requireListener(server: Sql, endpoint: Endpoint, signal: AbortSignal): Promise<void> {
  let problem = await silence(server, endpoint);
  // A listener needs a moment to come up.
  for (let look = 0; problem && look < 3; look++) {
    await pause(300, `start the mirroring endpoint ${endpoint.name}`, signal);
    problem = await silence(server, endpoint);
  }
  if (!problem) return;
  throw new VisibleError(
    {
      doing: `start the mirroring endpoint ${endpoint.name} on ${server.instance.name} (${server.address})`,
      said: [problem],
      ...adviceFor([9692]),
    },
    [9692],
  );
}
