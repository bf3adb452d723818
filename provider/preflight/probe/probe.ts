import type { SqlServer } from "../../arguments/sql-server-settings";
import { interrupted } from "../../errors/interrupted";
import { VisibleError } from "../../errors/visible-error";
import type { Context } from "../../lifecycle/context";
import { type Endpoint, findEndpoint, isListening, usersOf } from "../../sql-server/catalog/endpoint";
import type { Sql } from "../../sql-server/connection";
import { sql } from "../../sql-server/tsql";
import type { Finding } from "../finding";
import { type Known, known, type NotRead, onSqlServer, tested, words } from "../told";
import { agentHindrance, missingRights } from "./agent-hindrance";
import { type Left, labelOf, removeAll, removeLeftovers } from "./left-behind";
import { clockOf, type Maker, newMaker, prefix } from "./maker";
import { type Answer, makeJob, runJob, type Target } from "./probe-job";
import { type Fabric, fabricOf } from "./redirect";
import { inward, leftBehind, outward, redirected } from "./sentences";
import { openEndpoint } from "./temporary-endpoint";

/** What is tested, and from where. */
export interface Probe {
  readonly sqlServer: SqlServer;
  /** Host name of the managed instance's VNet-local endpoint. */
  readonly instanceFqdn: string;
  /** How the instance itself is signed in to by T-SQL. Without it half of the network is not tested, and that is said. */
  readonly instanceServer?: SqlServer | undefined;
  /** Where the instance finds the SQL Server. */
  readonly endpointHost: string;
  /** The port of the mirroring endpoint that is to be, where there is none. @default 5022 */
  readonly endpointPort?: number | undefined;
  /** Called with a sentence before anything is made or removed. */
  readonly announce: (sentence: string) => void;
}

/** A managed instance always has this port. */
const instancePort = 5022;
/** Of the mirroring endpoint that a link makes. */
const usualPort = 5022;

/** Patience with one job: PowerShell takes more than half a minute for each connection that nobody answers. */
const longestJob = 3 * 60_000;

/**
 * Tests the network between the two sides in both directions, from the servers themselves: a job of SQL Server Agent on each
 * tries to connect. What that takes is removed again, also where it fails or is interrupted, and so is what an earlier test
 * left that was killed.
 */
export async function probeNetwork(probe: Probe, context: Context): Promise<Finding[]> {
  const work: Work = { probe, context, left: [] };
  const { instanceServer } = probe;
  const [server, instance] = await all(
    openSqlServer(probe.sqlServer, work),
    instanceServer === undefined ? noLogin : openInstance(instanceServer, work),
  );
  const redirect = "value" in instance ? redirectIn(instance.value) : instance;
  const targets = [{ host: probe.instanceFqdn, port: instancePort }, ...("value" in redirect ? [redirect.value] : [])];
  const [outgoing, incoming] = await all(
    "value" in server ? askFromSqlServer(server.value, targets, work) : server,
    "value" in instance ? askFromInstance(server, instance.value, work) : instance,
  );
  if (context.signal.aborted) throw stopped(work);
  const here = "value" in server ? labelOf(server.value) : probe.sqlServer.host;
  const there = `the managed instance ${probe.instanceFqdn.split(".")[0]}`;
  return [
    tested("network-to-instance", here, nth(outgoing, 0), outward),
    tested("network-redirect", here, "why" in redirect ? redirect : nth(outgoing, 1), redirected),
    tested("network-to-sql-server", there, nth(incoming, 0), inward),
    ...work.left.map((left) => ({ id: "network-left-behind", subject: left.where, ...leftBehind(left) })),
  ];
}

interface Work {
  readonly probe: Probe;
  readonly context: Context;
  /** What could not be removed. */
  readonly left: Left[];
}

/** Waits for both, whatever becomes of either: each has something to remove. */
async function all<One, Other>(one: One | Promise<One>, other: Other | Promise<Other>): Promise<[One, Other]> {
  const settled = await Promise.allSettled([one, other]);
  for (const each of settled) if (each.status === "rejected") throw each.reason;
  return await Promise.all([one, other]);
}

/** What fails visibly was not tested. */
async function attempt<T>(work: () => Promise<Known<T>>): Promise<Known<T>> {
  const done = await known(work);
  return "why" in done ? done : done.value;
}

/** A session of somebody who may make what a test takes. What tests have left that are gone is removed at once. */
const openSide = (settings: SqlServer, { probe, context, left }: Work): Promise<Known<Sql>> =>
  attempt(async () => {
    // What was sent is let end, as what it made has to be removed: an interruption ends the waits between statements.
    const server = await context.look(settings, AbortSignal.timeout(10 * 60_000));
    const missing = missingRights(server);
    if (missing) return missing;
    left.push(...(await removeLeftovers(server, probe.announce)));
    return { value: server };
  });

const openSqlServer = async (settings: SqlServer, work: Work): Promise<Known<Sql>> => {
  const opened = await openSide(settings, work);
  return "value" in opened && opened.value.instance.isManagedInstance
    ? { why: `${labelOf(opened.value)} is a managed instance, and not the SQL Server` }
    : opened;
};

const noLogin: NotRead = {
  why: "it takes a T-SQL login to the managed instance, and none was given",
  remedy: [words("Give --managed-instance-user, and the password by --managed-instance-credential.")],
};

interface Instance {
  readonly server: Sql;
  readonly fabric: Fabric;
}

const openInstance = (settings: SqlServer, work: Work): Promise<Known<Instance>> =>
  attempt(async () => {
    const opened = await openSide(settings, work);
    if ("why" in opened) return opened;
    const server = opened.value;
    const fabric = server.instance.isManagedInstance ? await fabricOf(server) : undefined;
    return fabric?.fqdn && sameHost(fabric.fqdn, work.probe.instanceFqdn)
      ? { value: { server, fabric } }
      : { why: `${labelOf(server)} is ${fabric?.fqdn ?? "no managed instance"}, and not ${work.probe.instanceFqdn}` };
  });

const sameHost = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Where the instance redirects to. */
const redirectIn = ({ fabric: { redirect } }: Instance): Known<Target> =>
  redirect ? { value: redirect } : { why: "the instance does not say where it redirects its partners to" };

const askFromSqlServer = (server: Sql, targets: readonly Target[], work: Work): Promise<Known<readonly Answer[]>> =>
  attempt(
    async () => (await agentHindrance(server, work.probe.instanceFqdn)) ?? { value: await ask(server, targets, work) },
  );

/** Where SQL Server has no mirroring endpoint yet, there is one for as long as the instance tries to reach it. */
const askFromInstance = (
  side: Known<Sql>,
  { server: instance }: Instance,
  work: Work,
): Promise<Known<readonly Answer[]>> =>
  attempt(async () => {
    if ("why" in side) return side;
    const server = side.value;
    const { endpointHost: host, endpointPort = usualPort } = work.probe;
    if (host.toLowerCase() === "localhost")
      return { why: `to the managed instance, ${host} is itself`, remedy: [otherHost] };
    const found = await findEndpoint(server);
    const askAt = async (port: number): Promise<Known<readonly Answer[]>> =>
      (await isListening(server, port))
        ? { value: await ask(instance, [{ host, port }], work) }
        : { why: `no mirroring endpoint of ${labelOf(server)} listens on port ${port}: another process has it` };
    if (found) return standing(server, found) ?? unlessGone(found, await askAt(found.port));
    const groups = await usersOf(server);
    if (groups.length > 0)
      return {
        why: `${labelOf(server)} has no mirroring endpoint, and ${groups.map(({ label }) => label).join(", ")} would use one that is there for a test only`,
      };
    return await withEndpoint(server, endpointPort, work, () => askAt(endpointPort));
  });

const otherHost = words(
  "Give --endpoint-host: the name or the address by which the managed instance reaches the SQL Server.",
);

/** Why an endpoint that is there cannot be tried. */
const standing = (server: Sql, { name, state }: Endpoint): NotRead | undefined =>
  state === "STARTED"
    ? undefined
    : {
        why: `the mirroring endpoint ${name} on ${labelOf(server)} is ${state}, and a test does not start it`,
        remedy: [onSqlServer(sql`ALTER ENDPOINT ${sql.identifier(name)} STATE = STARTED`)],
      };

/** The endpoint of another test may be gone before it is tried: then that it is not reached says nothing. */
const unlessGone = (found: Endpoint, answers: Known<readonly Answer[]>): Known<readonly Answer[]> =>
  found.name.startsWith(prefix) && "value" in answers && !answers.value.every(({ isReached }) => isReached)
    ? { why: "another test of the network was under way", remedy: [words("Run it again when that is over.")] }
    : answers;

async function withEndpoint<T>(
  server: Sql,
  port: number,
  { probe, context, left }: Work,
  test: () => Promise<Known<T>>,
): Promise<Known<T>> {
  const maker = await makerOn(server);
  try {
    requireTime(server, context);
    await openEndpoint(server, maker, port, (what) => probe.announce(making(what, server)));
    return await test();
  } finally {
    left.push(...(await removeAll(server, maker.name)));
  }
}

/** Nothing is made any more once the run is interrupted. */
function requireTime(server: Sql, { signal }: Context): void {
  if (signal.aborted) throw interrupted(`test the network from ${labelOf(server)}`, signal);
}

/** Has SQL Server Agent try to connect. */
async function ask(server: Sql, targets: readonly Target[], { probe, context, left }: Work): Promise<Answer[]> {
  const { signal } = context;
  const maker = await makerOn(server);
  const where = targets.map(({ host, port }) => `${host}:${port}`).join(" and ");
  try {
    requireTime(server, context);
    probe.announce(making(`the job ${maker.name} of SQL Server Agent, which tries to connect to ${where},`, server));
    await makeJob(server, maker, targets);
    context.status(`waiting for ${labelOf(server)} to try ${where}`);
    return await runJob(server, maker, targets, AbortSignal.any([signal, AbortSignal.timeout(longestJob)]));
  } finally {
    left.push(...(await removeAll(server, maker.name)));
  }
}

const making = (what: string, server: Sql): string => `Making ${what} on ${labelOf(server)}; it is removed again.`;

const makerOn = async (server: Sql): Promise<Maker> => ({
  ...newMaker(),
  at: (await clockOf(server)).toISOString(),
});

const nth = (answers: Known<readonly Answer[]>, i: number): Known<Answer> => {
  if ("why" in answers) return answers;
  const answer = answers.value[i];
  return answer ? { value: answer } : { why: "the job did not try it" };
};

const stopped = ({ left }: Work): VisibleError =>
  new VisibleError(
    {
      doing: "finish the test of the network",
      said: left.map(({ what, where, why }) => `Not removed: ${what} on ${where}: ${why}`),
      cause: "the run was interrupted.",
      remedy:
        left.length === 0
          ? "nothing of the test is left on either server. Run it again."
          : "run it again: it removes what is left.",
    },
    ["Interrupted"],
  );
