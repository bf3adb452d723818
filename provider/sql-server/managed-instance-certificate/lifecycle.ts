import type { Context, Created, Lifecycle } from "../../dynamic/lifecycle";
import { recorded } from "../../dynamic/recorded";
import { isFailure } from "../../errors/visible-error";
import { managedInstanceIdProperty } from "../../managed-instance/resource-id";
import { type Certificate, dropCertificate, findCertificate, thumbprintOf } from "../certificates";
import type { Sql } from "../connection";
import { sameName } from "../names";
import { alreadyExists, vanished } from "../outcome";
import { sql } from "../query";
import { type SqlServer, sqlServerProperty } from "../server";
import { expiryWarnings, type Validity } from "../validity";
import { type Presented, presentedBy } from "./presented";

interface Inputs {
  readonly sqlServer: SqlServer;
  readonly managedInstanceId: string;
}
interface State extends Inputs {
  readonly instanceId: string;
  readonly fqdn: string;
  readonly managedInstanceName: string;
  readonly thumbprint?: string;
  readonly expiryDate?: string;
  readonly validity?: Validity;
}

export const managedInstanceCertificate: Lifecycle<Inputs, State> = {
  properties: {
    sqlServer: sqlServerProperty,
    managedInstanceId: managedInstanceIdProperty,
  },
  lasting: ({ fqdn, managedInstanceName }) => [fqdn, managedInstanceName],

  warnings: (state, now) =>
    expiryWarnings(
      state,
      now,
      `The certificate ${state.fqdn} of the managed instance, as it was imported to SQL Server,`,
      "Azure renews its own one in time, and SQL Server has the old one still.",
      "pulumi refresh, which looks for the renewed one, then pulumi up, which imports it.",
    ),

  async observe(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const [found, presented] = await Promise.all([
      findCertificate(server, state.fqdn),
      presentedIfThere(context, state.managedInstanceId),
    ]);
    if (!found) return undefined;
    return { state: { ...state, ...facts(found) }, drift: presented && difference(found, presented) };
  },

  async create(inputs, context) {
    const [server, presented] = await Promise.all([
      context.sql(inputs.sqlServer),
      presentedBy(context.azure, inputs.managedInstanceId),
    ]);
    const existing = await findCertificate(server, presented.fqdn);
    if (existing) throw nameTaken(server, existing);
    return await make(server, inputs, presented);
  },

  /** What Azure presents today, under the host name that the instance has today. */
  async update(state, inputs, context) {
    const [server, presented] = await Promise.all([
      context.sql(inputs.sqlServer, state.instanceId),
      presentedBy(context.azure, inputs.managedInstanceId),
    ]);
    const { fqdn, managedInstanceName } = presented;
    const found = await findCertificate(server, fqdn);
    if (found && !difference(found, presented))
      return { ...inputs, instanceId: state.instanceId, managedInstanceName, ...facts(found) };
    await dropCertificate(server, state.fqdn, sameName(state.fqdn, fqdn) ? undefined : state.thumbprint);
    return (await make(server, inputs, presented)).state;
  },

  async delete(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    await dropCertificate(server, state.fqdn, state.thumbprint);
  },
};

/** "The link will not be operational if using a custom name" (script page): the name is the host name. */
async function make(
  server: Sql,
  inputs: Inputs,
  { fqdn, managedInstanceName, certificate }: Presented,
): Promise<Created<State>> {
  const known = {
    ...inputs,
    instanceId: server.instance.id,
    fqdn,
    managedInstanceName,
    thumbprint: thumbprintOf(certificate),
  };
  return await recorded<State>(
    `${server.instance.name}/${fqdn}`,
    known,
    () =>
      server.change(
        `import the certificate of the managed instance as ${fqdn}`,
        sql`CREATE CERTIFICATE ${sql.identifier(fqdn)} FROM BINARY = ${sql.binary(certificate.raw)}`,
        async () => (await findCertificate(server, fqdn)) !== undefined,
      ),
    async () => ({ ...known, ...(await settled(server, fqdn)) }),
  );
}

/** The certificate can be looked at, and dropped, when the instance is gone from Azure. */
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

function nameTaken(server: Sql, existing: Certificate) {
  return alreadyExists(
    server,
    `import the certificate of the managed instance as ${existing.name}`,
    `a certificate of that name exists already: thumbprint ${existing.thumbprint}, valid until ${existing.expiryDate}`,
    "it was imported by hand, by the wizard or by another stack; all links to that managed instance use it.",
    `if no link uses it, drop it: ${sql`DROP CERTIFICATE ${sql.identifier(existing.name)}`.text}; otherwise keep ManagedInstanceCertificate in one stack only.`,
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
