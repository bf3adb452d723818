import { firstLabel, sameHost } from "../../arguments/host";
import { adoptProperty } from "../../arguments/kinds";
import { childId, managedInstanceIdProperty } from "../../arguments/managed-instance-id";
import { type SqlServer, sqlServerProperty } from "../../arguments/sql-server-settings";
import { isFailure } from "../../errors/visible-error";
import type { Context } from "../../lifecycle/context";
import type { Created, Lifecycle } from "../../lifecycle/contract";
import {
  isContinued,
  isLeftToAnother,
  leave,
  madeMeanwhile,
  notedByAnother,
  standingOf,
  type TakenOver,
} from "../../lifecycle/ownership";
import { finished, type Noted, recorded } from "../../lifecycle/recorded";
import {
  type Certificate,
  dropCertificate,
  dropStatement,
  dropUnused,
  findCertificate,
  thumbprintOf,
} from "../../sql-server/catalog/certificates";
import { remoteMembers } from "../../sql-server/catalog/groups";
import type { Sql } from "../../sql-server/connection";
import { forget } from "../../sql-server/notes";
import { alreadyExists, kept, lookAt, vanished } from "../../sql-server/outcome";
import { type Statement, sql } from "../../sql-server/tsql";
import { expiryWarnings, type Validity } from "../../sql-server/validity";
import { type Presented, presentedBy } from "./presented";

interface Inputs {
  readonly sqlServer: SqlServer;
  readonly managedInstanceId: string;
  readonly adopt?: boolean;
}
interface State extends Inputs, TakenOver {
  readonly instanceId: string;
  readonly fqdn: string;
  readonly managedInstanceName: string;
  /** The host name that the instance has in Azure by now, where it is another one. */
  readonly nextFqdn?: string;
  /** false: it was there before, the very same; it is used, and never dropped. */
  readonly created?: boolean;
  readonly thumbprint?: string;
  readonly expiryDate?: string;
  readonly validity?: Validity;
}

export const managedInstanceCertificate = {
  properties: {
    sqlServer: sqlServerProperty,
    managedInstanceId: managedInstanceIdProperty,
    adopt: adoptProperty,
  },
  lasting: ({ fqdn, managedInstanceName, nextFqdn }) => (nextFqdn === undefined ? [fqdn, managedInstanceName] : []),

  warnings: (state, now) =>
    expiryWarnings(
      state,
      now,
      `The certificate ${state.fqdn} of the managed instance, as it was imported to SQL Server,`,
      "Azure renews its own in time; SQL Server has this one until the renewed one is imported.",
      "pulumi refresh, which looks for the renewed one, then pulumi up, which imports it.",
    ),

  async observe(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const presenting = presentedIfThere(context, state.managedInstanceId);
    // Only an import has to learn the name from Azure first.
    const finding = async () => {
      const fqdn = state.fqdn ?? (await presenting)?.fqdn;
      return fqdn === undefined ? undefined : await findCertificate(server, fqdn);
    };
    const [found, presented] = await Promise.all([finding(), presenting]);
    if (!found) return undefined;
    const { instanceId = server.instance.id, managedInstanceName = firstLabel(found.name) } = state;
    // Whoever imported it renews it, or took it over. The link lives on the roots meanwhile.
    const drift = presented && !isOthers(state) ? difference(found, presented) : undefined;
    const nextFqdn = presented && !sameHost(presented.fqdn, found.name) ? presented.fqdn : undefined;
    return { state: { ...state, instanceId, managedInstanceName, ...facts(found), nextFqdn }, drift };
  },

  async create(inputs, context) {
    const [server, presented] = await Promise.all([
      context.sql(inputs.sqlServer),
      presentedBy(context.azure, inputs.managedInstanceId),
    ]);
    const existing = await findCertificate(server, presented.fqdn);
    if (existing) return await foundCertificate(server, inputs, presented, existing, context);
    await requireOneName(server, presented);
    try {
      return await make(server, inputs, presented, context);
    } catch (error) {
      // Another run imports it at this moment.
      const { fqdn } = presented;
      const other = isFailure(error, 15232, "NotedByAnother")
        ? await madeMeanwhile(noted(server, fqdn).doing, () => findCertificate(server, fqdn), context)
        : undefined;
      if (other) return await foundCertificate(server, inputs, presented, other, context);
      throw error;
    }
  },

  steps: ({ managedInstanceId }, { fqdn }) => ({
    steps: [
      {
        on: "Azure",
        doing: "read the certificate of the managed instance",
        method: "GET",
        path: childId(managedInstanceId, "endpointCertificates", "DATABASE_MIRRORING"),
        query: "properties.publicBlob",
        gives: "ManagedInstanceCertificate",
      },
      {
        on: "SQL Server",
        doing: `import the certificate of the managed instance as ${fqdn}`,
        statement: definition(fqdn, sql`0x${sql.place("ManagedInstanceCertificate")}`),
      },
    ],
    outputs: { fqdn, managedInstanceName: firstLabel(fqdn) },
  }),

  /** Imports what Azure presents today, under the host name that the instance has today. */
  async update(state, inputs, context) {
    const server = await context.sql(inputs.sqlServer, state.instanceId);
    // Looks again, as Azure may answer with the certificate from before a renewal, which must not replace the one in use.
    const { presented, found } = await context.azure.threeTimes(
      `read the endpoint certificate of the managed instance ${state.managedInstanceName}`,
      async () => {
        const shown = await presentedBy(context.azure, inputs.managedInstanceId);
        return { presented: shown, found: await findCertificate(server, shown.fqdn) };
      },
      (look) => !look.found || !difference(look.found, look.presented),
    );
    const { fqdn, managedInstanceName } = presented;
    const { before } = state;
    const taken = { ...(state.created === false && { created: false }), ...(before && { before }) };
    if (found && (isOthers(state) || !difference(found, presented)))
      return { ...inputs, instanceId: server.instance.id, managedInstanceName, ...taken, ...facts(found) };
    if (!sameHost(state.fqdn, fqdn)) await renounce(server, state, context);
    return (await make(server, { ...inputs, ...(found && taken) }, presented, context, found)).state;
  },

  async delete(state, context) {
    if (isOthers(state)) return;
    const server = await context.sql(state.sqlServer, state.instanceId);
    if (state.before) return await leave({ ...noted(server, state.fqdn), what: label(state.fqdn) }, [], context);
    const found = await findCertificate(server, state.fqdn);
    const isOther = found && state.thumbprint !== undefined && found.thumbprint !== state.thumbprint;
    if (found && !isOther && !(await isLeftToAnother(noted(server, state.fqdn), context)))
      await dropUnneeded(server, state, context);
  },
} satisfies Lifecycle<Inputs, State>;

/** Gives up the one under the host name of before: drops it, but leaves what was there before. */
async function renounce(server: Sql, state: State, context: Context): Promise<void> {
  if (state.created === false)
    return await leave({ ...noted(server, state.fqdn), what: label(state.fqdn) }, [], context);
  await dropCertificate(server, state.fqdn, state.thumbprint);
  await forget(server, "certificate", state.fqdn, context.author);
}

/** Whether it is used as somebody else imported it, who also renews it. */
const isOthers = ({ created, before }: Pick<State, "created" | "before">): boolean =>
  created === false && before === undefined;

const label = (fqdn: string): string => `the certificate ${fqdn} of the managed instance`;

async function dropUnneeded(server: Sql, state: State, { warn }: Context): Promise<void> {
  const needed = (await remoteMembers(server)).filter(({ host }) => sameHost(host, state.fqdn));
  const users =
    needed.length > 0
      ? needed.map(({ groupName }) => `the distributed availability group ${groupName}`)
      : await dropUnused(server, state.fqdn, state.thumbprint);
  if (users.length === 0) return;
  warn(kept(server, label(state.fqdn), users, dropStatement(state.fqdn).text));
}

const noted = (server: Sql, fqdn: string): Noted => ({
  server,
  kind: "certificate",
  name: fqdn,
  doing: `import the certificate of the managed instance as ${fqdn}`,
  identity: async () => (await findCertificate(server, fqdn))?.thumbprint,
});

/** "The link will not be operational if using a custom name" (script page): the name is the host name. */
async function make(
  server: Sql,
  inputs: Inputs & Pick<State, "created" | "before">,
  { fqdn, managedInstanceName, certificate }: Presented,
  context: Context,
  former?: Certificate,
): Promise<Created<State>> {
  const known = {
    ...inputs,
    instanceId: server.instance.id,
    fqdn,
    managedInstanceName,
    thumbprint: thumbprintOf(certificate),
  };
  const create = definition(fqdn, sql.binary(certificate.raw));
  return await recorded<State>(
    idOn(server, fqdn),
    known,
    () =>
      server.change(
        `import the certificate of the managed instance as ${fqdn}`,
        former ? inPlaceOf(former, create) : create,
        async () => (await findCertificate(server, fqdn))?.thumbprint === thumbprintOf(certificate),
      ),
    async () => ({ ...known, ...(await settled(server, fqdn)) }),
    context,
    { ...noted(server, fqdn), before: inputs.before },
  );
}

const definition = (fqdn: string, der: Statement): Statement =>
  sql`CREATE CERTIFICATE ${sql.identifier(fqdn)} FROM BINARY = ${der}`;

/** Drop and import in one transaction: were the import to fail alone, the links would have no certificate to trust. */
const inPlaceOf = (former: Certificate, create: Statement) => sql`
    BEGIN TRY
        BEGIN TRANSACTION
        DROP CERTIFICATE ${sql.identifier(former.name)}
        ${create}
        COMMIT TRANSACTION
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;
        THROW
    END CATCH`;

/** What the instance presents; undefined where it is gone from Azure, so that its certificate can still be dropped. */
async function presentedIfThere(context: Context, managedInstanceId: string): Promise<Presented | undefined> {
  try {
    return await presentedBy(context.azure, managedInstanceId);
  } catch (error) {
    if (isFailure(error, "ResourceNotFound", "ResourceGroupNotFound", "ParentResourceNotFound")) return undefined;
    throw error;
  }
}

function difference(found: Certificate, { certificate }: Presented): string | undefined {
  const presented = thumbprintOf(certificate);
  if (found.thumbprint === presented) return undefined;
  return `Azure presents another certificate (${presented}) than the one imported (${found.thumbprint})`;
}

/**
 * Uses a certificate that was there already where it is the one that the instance presents. It is dropped later only if it
 * was imported here, by a run that was killed.
 */
async function foundCertificate(
  server: Sql,
  inputs: Inputs,
  presented: Presented,
  existing: Certificate,
  context: Context,
): Promise<Created<State>> {
  const { managedInstanceName, fqdn } = presented;
  const unlike = difference(existing, presented);
  const state = { ...inputs, instanceId: server.instance.id, managedInstanceName, ...facts(existing) };
  const id = idOn(server, fqdn);
  const isShared = unlike === undefined && (!inputs.adopt || (await notedByAnother(noted(server, fqdn), context)));
  if (isShared) {
    const isOwn = await isContinued({ ...noted(server, fqdn), what: label(fqdn) }, context);
    return { id, state: isOwn ? state : { ...state, created: false } };
  }
  const taken = await standingOf(
    {
      ...noted(server, fqdn),
      what: label(fqdn),
      adopt: inputs.adopt,
      differences: [
        ...(existing.privateKey === "NA" ? [] : [{ what: "it has a private key here", remedy: notTheInstances }]),
        ...(unlike === undefined ? [] : [{ what: unlike }]),
      ],
      refusal: () => nameTaken(server, existing),
    },
    context,
  );
  const known = { ...state, ...taken, ...(taken.before && { created: false }) };
  return await finished<State>(id, known, () => managedInstanceCertificate.update(known, inputs, context));
}

const notTheInstances =
  "no certificate of a managed instance has one: it belongs to something on this server. See what uses it, and free the name, which only the managed instance's certificate may have.";

const idOn = (server: Sql, fqdn: string): string => `${server.instance.name}/${fqdn}`;

function nameTaken(server: Sql, existing: Certificate) {
  return alreadyExists(
    server,
    `import the certificate of the managed instance as ${existing.name}`,
    `a certificate of that name exists already: thumbprint ${existing.thumbprint}, valid until ${existing.expiryDate}`,
    {
      because: "all links to that managed instance use the one certificate of its name, whoever imported it.",
      look: lookAt.groupUrls,
      instead: "keep ManagedInstanceCertificate in one stack only",
    },
    15232,
  );
}

/** Refuses where the key is there under another name: SQL Server takes a key once (15232), and a link finds it only by the host name. */
async function requireOneName(server: Sql, { fqdn, certificate }: Presented): Promise<void> {
  const [other] = await server.query<{ readonly name: string }>(
    "look for the managed instance's certificate under another name",
    sql`SELECT name FROM sys.certificates WHERE thumbprint = ${sql.binary(Buffer.from(thumbprintOf(certificate), "hex"))}`,
  );
  if (!other) return;
  throw alreadyExists(
    server,
    `import the certificate of the managed instance as ${fqdn}`,
    `the same certificate is there under the name ${other.name}`,
    {
      because: `a link finds the certificate only under the host name ${fqdn}, and a certificate cannot be renamed.`,
      look: lookAt.certificate(other.name),
    },
    15232,
  );
}

async function settled(server: Sql, fqdn: string) {
  const found = await findCertificate(server, fqdn);
  if (!found) throw vanished(server, `the certificate ${fqdn}`);
  return facts(found);
}

const facts = ({ name, thumbprint, expiryDate, validity }: Certificate) => ({
  fqdn: name,
  thumbprint,
  expiryDate,
  validity,
});
