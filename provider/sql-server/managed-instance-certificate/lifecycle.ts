import type { Context, Created, Lifecycle } from "../../dynamic/lifecycle";
import { recorded } from "../../dynamic/recorded";
import { isFailure } from "../../errors/visible-error";
import { managedInstanceIdProperty } from "../../managed-instance/resource-id";
import { remoteMembers } from "../availability-group/group";
import {
  type Certificate,
  dropCertificate,
  dropStatement,
  dropUnused,
  findCertificate,
  thumbprintOf,
} from "../certificates";
import type { Sql } from "../connection";
import { sameName } from "../names";
import { alreadyExists, kept, vanished } from "../outcome";
import { sql } from "../query";
import { type SqlServer, sqlServerProperty } from "../server";
import { type Presented, presentedBy } from "./presented";

interface Inputs {
  readonly sqlServer: SqlServer;
  readonly managedInstanceId: string;
}
interface State extends Inputs {
  readonly instanceId: string;
  readonly fqdn: string;
  readonly managedInstanceName: string;
  /** false: it was there before, the very same; it is used, and never dropped. */
  readonly created?: boolean;
  readonly thumbprint?: string;
  readonly expiryDate?: string;
}

export const managedInstanceCertificate: Lifecycle<Inputs, State> = {
  properties: {
    sqlServer: sqlServerProperty,
    managedInstanceId: managedInstanceIdProperty,
  },

  async observe(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const [found, presented] = await Promise.all([
      findCertificate(server, state.fqdn),
      presentedIfThere(context, state.managedInstanceId),
    ]);
    if (!found) return undefined;
    // Whoever imported it renews it. The link lives on the roots meanwhile.
    const drift = presented && state.created !== false ? difference(found, presented) : undefined;
    return { state: { ...state, ...facts(found) }, drift };
  },

  async create(inputs, context) {
    const [server, presented] = await Promise.all([
      context.sql(inputs.sqlServer),
      presentedBy(context.azure, inputs.managedInstanceId),
    ]);
    const existing = await findCertificate(server, presented.fqdn);
    if (existing) return foundCertificate(server, inputs, presented, existing);
    try {
      return await make(server, inputs, presented);
    } catch (error) {
      // Another run imported it a moment ago.
      const other = isFailure(error, 15232) ? await findCertificate(server, presented.fqdn) : undefined;
      if (other) return foundCertificate(server, inputs, presented, other);
      throw error;
    }
  },

  /** What Azure presents today, under the host name that the instance has today. */
  async update(state, inputs, context) {
    const [server, presented] = await Promise.all([
      context.sql(inputs.sqlServer, state.instanceId),
      presentedBy(context.azure, inputs.managedInstanceId),
    ]);
    const { fqdn, managedInstanceName } = presented;
    const found = await findCertificate(server, fqdn);
    const isOthers = state.created === false;
    if (found && (isOthers || !difference(found, presented))) {
      const created = isOthers ? { created: false } : {};
      return { ...inputs, instanceId: state.instanceId, managedInstanceName, ...created, ...facts(found) };
    }
    await dropCertificate(server, state.fqdn, sameName(state.fqdn, fqdn) ? undefined : state.thumbprint);
    return (await make(server, inputs, presented)).state;
  },

  async delete(state, context) {
    if (state.created === false) return;
    const server = await context.sql(state.sqlServer, state.instanceId);
    const found = await findCertificate(server, state.fqdn);
    if (!found || (state.thumbprint !== undefined && found.thumbprint !== state.thumbprint)) return;
    const needed = (await remoteMembers(server)).filter(({ host }) => sameName(host, state.fqdn));
    const users =
      needed.length > 0
        ? needed.map(({ groupName }) => `the distributed availability group ${groupName}`)
        : await dropUnused(server, state.fqdn, state.thumbprint);
    if (users.length === 0) return;
    const what = `the certificate ${state.fqdn} of the managed instance`;
    context.warn(kept(server, what, users, dropStatement(state.fqdn).text));
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
    idOn(server, fqdn),
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

/** As good as an own one where it is what the instance presents; somebody else's all the same. */
function foundCertificate(server: Sql, inputs: Inputs, presented: Presented, existing: Certificate): Created<State> {
  if (difference(existing, presented)) throw nameTaken(server, existing);
  const { managedInstanceName } = presented;
  return {
    id: idOn(server, presented.fqdn),
    state: { ...inputs, instanceId: server.instance.id, managedInstanceName, created: false, ...facts(existing) },
  };
}

const idOn = (server: Sql, fqdn: string): string => `${server.instance.name}/${fqdn}`;

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

const facts = ({ name, thumbprint, expiryDate }: Certificate) => ({ fqdn: name, thumbprint, expiryDate });
