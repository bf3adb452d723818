import { X509Certificate } from "node:crypto";
import { adoptProperty } from "../../arguments/kinds";
import { managedInstanceIdProperty } from "../../arguments/managed-instance-id";
import { type SqlServer, sqlServerProperty } from "../../arguments/sql-server-settings";
import { isFailure, isUncertain, VisibleError } from "../../errors/visible-error";
import type { Context } from "../../lifecycle/context";
import type { Created, Lifecycle } from "../../lifecycle/contract";
import { isContinued, isLeftToAnother, madeMeanwhile, sayLeft } from "../../lifecycle/ownership";
import { unfinished } from "../../lifecycle/recorded";
import type { SqlStep } from "../../lifecycle/steps";
import { dropStatement, hex } from "../../sql-server/catalog/certificates";
import { remoteMembers } from "../../sql-server/catalog/groups";
import type { Sql } from "../../sql-server/connection";
import { claim, forget, type Note, renew } from "../../sql-server/notes";
import { kept, requireNoObstacle } from "../../sql-server/outcome";
import { azureRoots } from "../../sql-server/roots/azure-roots";
import {
  canonicalRoots,
  covers,
  dnsPatternProblem,
  holds,
  type Present,
  patternFor,
  publicPattern,
  type Root,
  type Roots,
  rootObstacles,
  rootsOf,
  rootsProblem,
  thumbprintsOf,
} from "../../sql-server/roots/roots";
import { sql } from "../../sql-server/tsql";
import { expiryWarnings } from "../../sql-server/validity";

interface Inputs {
  readonly sqlServer: SqlServer;
  readonly roots?: Roots;
  readonly managedInstanceId?: string;
  readonly dnsPattern?: string;
  readonly adopt?: boolean;
  /** Thumbprint of each root by its name. */
  readonly thumbprints: Readonly<Record<string, string>>;
}
/** The inputs once the pattern is known. */
interface Settled extends Inputs {
  readonly dnsPattern: string;
}
interface State extends Settled {
  readonly instanceId: string;
  /** Names of the roots that were missing and that this resource imported. */
  readonly added: readonly string[];
  /** Names of the roots that are not registered as issuers yet, after a failure. */
  readonly unregistered?: readonly string[];
}

const doing = "import the trusted roots";

export const trustedRoots = {
  properties: {
    sqlServer: sqlServerProperty,
    roots: { type: "object", onChange: "update", check: rootsProblem, canonical: canonicalRoots },
    managedInstanceId: { ...managedInstanceIdProperty, required: false, onChange: "update", since: 2 },
    dnsPattern: { type: "string", computed: true, onChange: "update", check: dnsPatternProblem },
    // Recorded in place of the package's roots, which are too long for a state: so other roots of a newer package show.
    thumbprints: { type: "object", onChange: "update" },
    adopt: adoptProperty,
  },

  warnings: (state, now) =>
    wantedRoots(state).flatMap(({ name, der }) =>
      expiryWarnings(
        { expiryDate: new X509Certificate(der).validToDate.toISOString() },
        now,
        `The root ${name}, which the managed instance's certificate may come from,`,
        "Without a valid one no link connects.",
        "npm update pulumi-mi-link, which brings the roots of its day, or give the argument roots; then run pulumi up.",
      ),
    ),

  derive: ({ roots, managedInstanceId }) => ({
    thumbprints: thumbprintsOf(wantedRoots({ roots })),
    // Where an instance is given, its host name tells the pattern, when the roots are imported.
    ...(managedInstanceId === undefined && { dnsPattern: publicPattern }),
  }),

  async observe(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const present = await readCertificates(server);
    const { instanceId = server.instance.id, added = [], dnsPattern } = state;
    const names = Object.keys(state.thumbprints);
    const missing = names.filter((name) => !holds(present, state.thumbprints[name]));
    if (missing.length === names.length) return undefined;
    return {
      state: {
        ...state,
        instanceId,
        dnsPattern: dnsPattern ?? (await patternOf(server, state, undefined, context)),
        thumbprints: Object.fromEntries(Object.entries(state.thumbprints).filter(([name]) => !missing.includes(name))),
        added: added.filter((name) => !missing.includes(name)),
      },
    };
  },

  async create(inputs, context) {
    const server = await context.sql(inputs.sqlServer);
    return await bringIn(
      server,
      { ...inputs, dnsPattern: await patternOf(server, inputs, undefined, context) },
      context,
    );
  },

  steps({ dnsPattern, ...inputs }, { fqdn }) {
    const pattern = dnsPattern ?? patternFor(fqdn);
    return {
      steps: wantedRoots(inputs).flatMap((root): SqlStep[] => [
        {
          on: "SQL Server",
          doing: `import the trusted root ${root.name}`,
          statement: definition(root),
          unless: {
            words: "it is there, under any name",
            query: sql`SELECT 1 FROM sys.certificates WHERE thumbprint = ${digits(root)}`,
          },
        },
        {
          on: "SQL Server",
          doing: `register the trusted root ${root.name} as an issuer`,
          statement: registration(root, pattern),
        },
      ]),
    };
  },

  async update(state, inputs, context) {
    const server = await context.sql(inputs.sqlServer, state.instanceId);
    const dnsPattern = await patternOf(server, inputs, state.dnsPattern, context);
    const wanted = new Set(Object.values(inputs.thumbprints));
    const unwanted = state.added.filter((name) => !wanted.has(state.thumbprints[name] ?? ""));
    await dropUnneeded(server, state, unwanted, context);
    return (await bringIn(server, { ...inputs, dnsPattern }, context, state)).state;
  },

  async delete(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    await dropUnneeded(server, state, state.added, context);
    const others = Object.keys(state.thumbprints).filter((name) => !state.added.includes(name));
    if (others.length > 0)
      sayLeft(state, `the trusted roots ${others.join(", ")} on ${server.instance.name} (${server.address})`, context);
  },
} satisfies Lifecycle<Inputs, State>;

/** What the roots vouch for: managed instances that are linked, or whose certificate is there for a link to come. */
async function trustedThroughRoots(server: Sql, dnsPattern: string): Promise<string[]> {
  const isInstance = (host: string) =>
    /\.database\.(windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)$/i.test(host) || covers(dnsPattern, host);
  const groups = (await remoteMembers(server)).filter(({ host }) => isInstance(host));
  const certificates = await server.query<{ readonly name: string }>(
    "look for certificates of managed instances",
    sql`SELECT name FROM sys.certificates WHERE pvt_key_encryption_type = 'NA' ORDER BY name`,
  );
  return [
    ...groups.map(({ groupName }) => `the distributed availability group ${groupName}`),
    ...certificates.filter(({ name }) => isInstance(name)).map(({ name }) => `the managed instance ${name}`),
  ];
}

/** The pattern, refused before anything is touched where it does not cover the instance: its link would end in 41974. */
async function patternOf(
  server: Sql,
  { dnsPattern, managedInstanceId }: Inputs,
  recorded: string | undefined,
  { azure }: Context,
): Promise<string> {
  if (managedInstanceId === undefined) return dnsPattern ?? recorded ?? publicPattern;
  const { fqdn } = await azure.managedInstance(managedInstanceId);
  if (dnsPattern === undefined) return recorded !== undefined && covers(recorded, fqdn) ? recorded : patternFor(fqdn);
  if (covers(dnsPattern, fqdn)) return dnsPattern;
  throw new VisibleError(
    {
      doing: `${doing} on ${server.instance.name} (${server.address})`,
      said: [`dnsPattern is ${dnsPattern}, and the managed instance is ${fqdn}`],
      cause: "the roots would not vouch for that host name, and the link would end in 41974.",
      remedy: `leave dnsPattern out, or give ${patternFor(fqdn)}.`,
    },
    [41974],
  );
}

const wantedRoots = ({ roots }: Pick<Inputs, "roots">): Root[] => rootsOf(roots ?? azureRoots);

const addedBy = ({ added, thumbprints }: State): string[] => added.flatMap((name) => thumbprints[name] ?? []);

async function readCertificates(server: Sql): Promise<Present[]> {
  const rows = await server.query<{ readonly name: string; readonly thumbprint: Buffer }>(
    "read the certificates",
    sql`SELECT name, thumbprint FROM sys.certificates ORDER BY name`,
  );
  return rows.map(({ name, thumbprint }) => ({ name, thumbprint: hex(thumbprint) }));
}

/** Refuses, before anything is touched, where a name is taken or the procedure that makes a root an issuer is missing. */
async function requireRoom(server: Sql, roots: readonly Root[], present: readonly Present[]): Promise<void> {
  const obstacles = rootObstacles(roots, present);
  const [procedure] = await server.query<{ readonly name: string }>(
    "look for sp_certificate_add_issuer",
    sql`SELECT name FROM sys.system_objects WHERE name = N'sp_certificate_add_issuer'`,
  );
  if (!procedure) {
    obstacles.push({
      code: 2812,
      problem: "this instance has no procedure sp_certificate_add_issuer",
      remedy: `install the update that links need on ${server.instance.version.name} (2016 and 2017: the Azure Connect pack), restart SQL Server, then run pulumi up again`,
    });
  }
  requireNoObstacle(server, doing, obstacles);
}

/** Imports the roots that are missing and registers all. When something fails, what was done so far is recorded. */
async function bringIn(server: Sql, inputs: Settled, context: Context, before?: State): Promise<Created<State>> {
  const roots = wantedRoots(inputs);
  const present = await readCertificates(server);
  await requireRoom(server, roots, present);
  const missing = roots.filter(({ thumbprint }) => !holds(present, thumbprint));
  const ours = new Set(before ? addedBy(before) : []);
  const imported = new Set(roots.filter((root) => ours.has(root.thumbprint) && !missing.includes(root)));
  if (!before)
    await allOf(roots, async (root) => {
      const isPresent = !missing.includes(root);
      const identity = async () => root.thumbprint;
      const noted = { server, ...noteOn(root.name), what: `the trusted root ${root.name}`, identity };
      if (isPresent && (await isContinued(noted, context))) imported.add(root);
    });
  const isOtherPattern = before !== undefined && before.dnsPattern !== inputs.dnsPattern;
  const unregistered = new Set(
    roots.filter((root) => isOtherPattern || missing.includes(root) || before?.unregistered?.includes(root.name)),
  );

  const id = `${server.instance.name}/trusted-roots`;
  const namesIn = (some: ReadonlySet<Root>) => roots.filter((root) => some.has(root)).map(({ name }) => name);
  const state = (): State => ({
    ...inputs,
    instanceId: server.instance.id,
    added: namesIn(imported),
    ...(unregistered.size > 0 && { unregistered: namesIn(unregistered) }),
  });
  try {
    await allOf(missing, (root) => importRoot(server, root, context, () => imported.add(root)));
    await allOf(roots, async (root) => {
      if (unregistered.has(root) && (imported.has(root) || !missing.includes(root)))
        await register(server, root, inputs.dnsPattern);
      else await registerAgain(server, root, inputs.dnsPattern);
      unregistered.delete(root);
    });
  } catch (error) {
    if (before === undefined && imported.size === 0) throw error;
    throw unfinished(id, state(), error);
  }
  return { id, state: state() };
}

/** Does the work for all roots at once. It throws the first failure only when all have ended: nothing goes on behind it. */
async function allOf(roots: readonly Root[], work: (root: Root) => Promise<void>): Promise<void> {
  for (const result of await Promise.allSettled(roots.map(work))) {
    if (result.status === "rejected") throw result.reason;
  }
}

/** Imports a root. `isOurs` is called as soon as it is there, or may be there. */
async function importRoot(server: Sql, root: Root, context: Context, isOurs: () => void): Promise<void> {
  const { name, thumbprint } = root;
  const doingIt = `import the trusted root ${name}`;
  const isThere = async () => holds(await readCertificates(server), thumbprint) || undefined;
  const isGone = async ({ id }: Note) => id !== undefined && !(await isThere());
  try {
    await claim(server, "certificate", name, doingIt, context.author, {}, isGone);
    await server.change(doingIt, definition(root), async () => (await isThere()) === true);
    isOurs();
    await renew(server, "certificate", name, context.author, { id: thumbprint });
  } catch (error) {
    if (isUncertain(error)) isOurs();
    else await forget(server, "certificate", name, context.author);
    // Another run imports it at this moment: it serves as well, and is not dropped later.
    const isOthers = isFailure(error, 15232, "NotedByAnother");
    if (isOthers && (await madeMeanwhile(doingIt, isThere, context))) return;
    throw error;
  }
}

const noteOn = (name: string) => ({ kind: "certificate" as const, name });

/** Registers a root as an issuer. Until then it vouches for nobody, though it was imported. */
async function register(server: Sql, root: Root, dnsPattern: string): Promise<void> {
  await server.change(
    `register the trusted root ${root.name} as an issuer`,
    registration(root, dnsPattern),
    async () => {
      await registerAgain(server, root, dnsPattern);
      return true;
    },
  );
}

const definition = ({ name, der }: Root) =>
  sql`CREATE CERTIFICATE ${sql.identifier(name)} FROM BINARY = ${sql.binary(der)}`;

const digits = ({ thumbprint }: Root) => sql.binary(Buffer.from(thumbprint, "hex"));

const registration = (root: Root, dnsPattern: string) =>
  sql`DECLARE @root int = (SELECT certificate_id FROM sys.certificates WHERE thumbprint = ${digits(root)});
EXEC sp_certificate_add_issuer @root, ${sql.string(dnsPattern)}`;

/**
 * Registers a root that was there before, as somebody may have imported it without registering it. How to list
 * registrations is not documented, nor what SQL Server says to a second one; so a refusal counts as "registered already".
 */
async function registerAgain(server: Sql, root: Root, dnsPattern: string): Promise<void> {
  try {
    await server.change(
      `register the trusted root ${root.name} as an issuer`,
      registration(root, dnsPattern),
      async () => false,
    );
  } catch (error) {
    const isRefusal =
      error instanceof VisibleError && error.codes.every((code) => typeof code === "number" && code !== 2812);
    if (!isRefusal) throw error;
  }
}

/** Drops the roots, or none of them while a managed instance may need one: which one it needs shows only when it connects. */
async function dropUnneeded(
  server: Sql,
  { thumbprints: recorded, dnsPattern }: State,
  names: readonly string[],
  context: Context,
): Promise<void> {
  const others = await Promise.all(names.map((name) => isLeftToAnother({ server, ...noteOn(name) }, context)));
  const thumbprints = names.flatMap((name, i) => (others[i] ? [] : (recorded[name] ?? [])));
  const find = async () =>
    (await readCertificates(server)).filter(({ thumbprint }) => thumbprints.includes(thumbprint));
  const present = thumbprints.length === 0 ? [] : await find();
  if (present.length > 0) await dropPresent(server, present, find, dnsPattern, context);
  await Promise.all(names.map((name) => forget(server, "certificate", name, context.author)));
}

async function dropPresent(
  server: Sql,
  present: readonly Present[],
  find: () => Promise<Present[]>,
  dnsPattern: string,
  context: Context,
): Promise<void> {
  const drops = present.map(({ name }) => dropStatement(name));
  const users = await trustedThroughRoots(server, dnsPattern);
  if (users.length > 0) {
    const names = present.map(({ name }) => name).join(", ");
    context.warn(kept(server, `the trusted roots ${names}`, users, sql.list(drops, "; ").text));
    return;
  }
  await server.change(
    "drop the trusted roots that were added",
    sql.list(drops, ";\n"),
    async () => (await find()).length === 0,
  );
}
