import { X509Certificate } from "node:crypto";
import type { Created, Lifecycle } from "../../dynamic/lifecycle";
import { unfinished } from "../../dynamic/recorded";
import { isUncertain, VisibleError } from "../../errors/visible-error";
import { hex } from "../certificates";
import type { Sql } from "../connection";
import { sameName } from "../names";
import { type Obstacle, requireNoObstacle } from "../outcome";
import { sql } from "../query";
import { type SqlServer, sqlServerProperty } from "../server";
import { expiryWarnings } from "../validity";
import { azureRoots } from "./azure-roots";
import {
  canonicalRoots,
  dnsPatternProblem,
  type Root,
  type Roots,
  rootsOf,
  rootsProblem,
  thumbprintsOf,
} from "./roots";

interface Inputs {
  readonly sqlServer: SqlServer;
  readonly roots?: Roots;
  readonly dnsPattern: string;
  /** By name, of all roots. */
  readonly thumbprints: Readonly<Record<string, string>>;
}
interface State extends Inputs {
  readonly instanceId: string;
  /** Names of those that were missing. */
  readonly added: readonly string[];
  /** Names of those that are no issuers yet, after a failure. */
  readonly unregistered?: readonly string[];
}

const doing = "import the trusted roots";

export const trustedRoots: Lifecycle<Inputs, State> = {
  properties: {
    sqlServer: sqlServerProperty,
    roots: { type: "object", onChange: "update", check: rootsProblem, canonical: canonicalRoots },
    dnsPattern: { type: "string", default: "*.database.windows.net", onChange: "update", check: dnsPatternProblem },
    // Small enough for the state, where the roots of the package are not; a new package may bring others.
    thumbprints: { type: "object", onChange: "update" },
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

  derive: ({ roots }) => ({ thumbprints: thumbprintsOf(wantedRoots({ roots })) }),

  async observe(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const present = await readCertificates(server);
    const names = Object.keys(state.thumbprints);
    const missing = names.filter((name) => !holds(present, state.thumbprints[name]));
    if (missing.length === names.length) return undefined;
    const drift = missing.length === 0 ? undefined : `missing roots: ${missing.join(", ")}`;
    return { state: { ...state, added: state.added.filter((name) => holds(present, state.thumbprints[name])) }, drift };
  },

  async create(inputs, context) {
    return await bringIn(await context.sql(inputs.sqlServer), inputs);
  },

  async update(state, inputs, context) {
    const server = await context.sql(inputs.sqlServer, state.instanceId);
    const wanted = new Set(Object.values(inputs.thumbprints));
    await dropRoots(
      server,
      addedBy(state).filter((thumbprint) => !wanted.has(thumbprint)),
    );
    return (await bringIn(server, inputs, state)).state;
  },

  async delete(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    await dropRoots(server, addedBy(state));
  },
};

const wantedRoots = ({ roots }: Pick<Inputs, "roots">): Root[] => rootsOf(roots ?? azureRoots);

const addedBy = ({ added, thumbprints }: State): string[] => added.flatMap((name) => thumbprints[name] ?? []);

interface Present {
  readonly name: string;
  readonly thumbprint: string;
}

async function readCertificates(server: Sql): Promise<Present[]> {
  const rows = await server.query<{ readonly name: string; readonly thumbprint: Buffer }>(
    "read the certificates",
    sql`SELECT name, thumbprint FROM sys.certificates`,
  );
  return rows.map(({ name, thumbprint }) => ({ name, thumbprint: hex(thumbprint) }));
}

/** By thumbprint, never by name: the same root goes by several names. */
const holds = (present: readonly Present[], thumbprint: string | undefined): boolean =>
  present.some((p) => p.thumbprint === thumbprint);

/** Before anything is touched: no name is taken, and the procedure that makes a root an issuer is there. */
async function requireRoom(server: Sql, roots: readonly Root[], present: readonly Present[]): Promise<void> {
  const obstacles: Obstacle[] = roots.flatMap((root) => {
    const other = present.find(({ name }) => sameName(name, root.name));
    if (!other || other.thumbprint === root.thumbprint || holds(present, root.thumbprint)) return [];
    return [
      {
        code: 15232,
        problem: `the name ${root.name} belongs to another certificate, thumbprint ${other.thumbprint}; the root's is ${root.thumbprint}`,
        remedy: `give the root another name; or, if nothing uses the other one, drop it: ${sql`DROP CERTIFICATE ${sql.identifier(other.name)}`.text}`,
      },
    ];
  });
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

/** Imports what is missing and registers everything; how far it came is recorded when something fails. */
async function bringIn(server: Sql, inputs: Inputs, before?: State): Promise<Created<State>> {
  const roots = wantedRoots(inputs);
  const present = await readCertificates(server);
  await requireRoom(server, roots, present);
  const missing = roots.filter(({ thumbprint }) => !holds(present, thumbprint));
  const ours = new Set(before ? addedBy(before) : []);
  const imported = new Set(roots.filter((root) => ours.has(root.thumbprint) && !missing.includes(root)));
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
    await allOf(missing, (root) => importRoot(server, root, () => imported.add(root)));
    await allOf(roots, async (root) => {
      if (unregistered.has(root)) await register(server, root, inputs.dnsPattern);
      else await registerAgain(server, root, inputs.dnsPattern);
      unregistered.delete(root);
    });
  } catch (error) {
    if (before === undefined && imported.size === 0) throw error;
    throw unfinished(id, state(), error);
  }
  return { id, state: state() };
}

/** Side by side. All have ended when the first failure is thrown: none goes on behind it. */
async function allOf(roots: readonly Root[], work: (root: Root) => Promise<void>): Promise<void> {
  for (const result of await Promise.allSettled(roots.map(work))) {
    if (result.status === "rejected") throw result.reason;
  }
}

/** `isOurs` is called as soon as it is there, or may be. */
async function importRoot(server: Sql, { name, thumbprint, der }: Root, isOurs: () => void): Promise<void> {
  try {
    await server.change(
      `import the trusted root ${name}`,
      sql`CREATE CERTIFICATE ${sql.identifier(name)} FROM BINARY = ${sql.binary(der)}`,
      async () => holds(await readCertificates(server), thumbprint),
    );
    isOurs();
  } catch (error) {
    if (isUncertain(error)) isOurs();
    throw error;
  }
}

/** The import alone is not enough: a root vouches for nobody until it is an issuer. */
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

const registration = ({ thumbprint }: Root, dnsPattern: string) =>
  sql`DECLARE @root int = (SELECT certificate_id FROM sys.certificates WHERE thumbprint = ${sql.binary(Buffer.from(thumbprint, "hex"))});
EXEC sp_certificate_add_issuer @root, ${sql.string(dnsPattern)}`;

/**
 * A root that was there before: somebody may have imported it without registering it. Neither a list of registrations
 * nor what a second one is answered with is documented, so a refusal means that there is one already.
 */
async function registerAgain(server: Sql, root: Root, dnsPattern: string): Promise<void> {
  try {
    await server.query(`register the trusted root ${root.name} as an issuer`, registration(root, dnsPattern));
  } catch (error) {
    const isRefusal =
      error instanceof VisibleError && error.codes.every((code) => typeof code === "number" && code !== 2812);
    if (!isRefusal) throw error;
  }
}

async function dropRoots(server: Sql, thumbprints: readonly string[]): Promise<void> {
  const find = async () =>
    (await readCertificates(server)).filter(({ thumbprint }) => thumbprints.includes(thumbprint));
  const present = thumbprints.length === 0 ? [] : await find();
  if (present.length === 0) return;
  await server.change(
    "drop the trusted roots that were added",
    sql.list(
      present.map(({ name }) => sql`DROP CERTIFICATE ${sql.identifier(name)};`),
      "\n",
    ),
    async () => (await find()).length === 0,
  );
}
