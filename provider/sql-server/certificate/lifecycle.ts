import type { Created, Lifecycle } from "../../dynamic/lifecycle";
import { recorded } from "../../dynamic/recorded";
import { type Certificate, dropCertificate, findCertificate, hex, isoDate } from "../certificates";
import type { Sql } from "../connection";
import { sharedName } from "../names";
import { alreadyExists, vanished } from "../outcome";
import { sql } from "../query";
import { type SqlServer, sqlServerProperty } from "../server";
import { expiryWarnings, type Validity } from "../validity";

interface Inputs {
  readonly sqlServer: SqlServer;
  readonly certificateName?: string;
  readonly expiry?: string;
  readonly subject?: string;
}
interface State extends Inputs {
  readonly certificateName: string;
  readonly instanceId: string;
  readonly publicKey?: string;
  readonly thumbprint?: string;
  readonly startDate?: string;
  readonly expiryDate?: string;
  readonly validity?: Validity;
}

export const sqlServerCertificate: Lifecycle<Inputs, State> = {
  properties: {
    sqlServer: sqlServerProperty,
    certificateName: { ...sharedName("replace"), required: false, computed: true },
    expiry: { type: "string", onChange: "replace", check: expiryProblem },
    subject: {
      type: "string",
      onChange: "replace",
      check: (subject) =>
        subject.length >= 1 && subject.length <= 4000 ? undefined : "must have 1 to 4000 characters",
    },
  },
  lasting: ({ certificateName, publicKey }) => [certificateName, publicKey],

  warnings: (state, now) =>
    expiryWarnings(
      state,
      now,
      `The certificate ${state.certificateName} of SQL Server's mirroring endpoint`,
      "Without a valid one no link connects: databases on the managed instance no longer follow.",
      "give a new expiry (certificateExpiry of an InstancePairing) and run pulumi up, which makes a new certificate, uploads it and gives it to the endpoint.",
    ),

  async observe(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const found = await findCertificate(server, state.certificateName);
    // Another certificate of that name is not the one that was made here.
    if (!found || (state.thumbprint !== undefined && found.thumbprint !== state.thumbprint)) return undefined;
    return { state: { ...state, ...facts(found) } };
  },

  async create(inputs, context) {
    const server = await context.sql(inputs.sqlServer);
    const certificateName = inputs.certificateName ?? (await freeName(server, inputs.expiry));
    const existing = await findCertificate(server, certificateName);
    if (existing) throw nameTaken(server, existing);
    return await make(server, { ...inputs, certificateName });
  },

  // Nothing about a certificate can be altered: only how to reach the server has changed, or creation was interrupted.
  async update(state, inputs, context) {
    const server = await context.sql(inputs.sqlServer, state.instanceId);
    const wanted = { ...inputs, certificateName: state.certificateName };
    const found = await findCertificate(server, wanted.certificateName);
    if (found) return { ...wanted, instanceId: state.instanceId, ...facts(found) };
    return (await make(server, wanted)).state;
  },

  async delete(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    await dropCertificate(server, state.certificateName, state.thumbprint);
  },
};

async function make(server: Sql, inputs: Inputs & { readonly certificateName: string }): Promise<Created<State>> {
  const { certificateName } = inputs;
  const known = { ...inputs, instanceId: server.instance.id };
  return await recorded<State>(
    `${server.instance.name}/${certificateName}`,
    known,
    () =>
      server.change(
        `create the certificate ${certificateName}`,
        definition(certificateName, inputs),
        async () => (await findCertificate(server, certificateName)) !== undefined,
      ),
    async () => ({ ...known, ...(await settled(server, certificateName)) }),
  );
}

/** The documented name; while a certificate has it, which may be the one being replaced, the date is added. */
async function freeName(server: Sql, expiry: string | undefined): Promise<string> {
  // `\` of a named instance may not stand in the name (script page, "Create the SQL Server certificate").
  const documented = `Cert_${server.instance.name.replaceAll("\\", "_")}_endpoint`;
  if (!(await findCertificate(server, documented))) return documented;
  return `${documented}_${(expiry ?? isoDate(oneYearFrom(new Date()))).replaceAll("-", "")}`;
}

function oneYearFrom(date: Date): Date {
  return new Date(Date.UTC(date.getUTCFullYear() + 1, date.getUTCMonth(), date.getUTCDate()));
}

/** yyyymmdd means the same under every DATEFORMAT and language. */
const definition = (certificateName: string, { expiry, subject }: Inputs) => sql`
    CREATE CERTIFICATE ${sql.identifier(certificateName)}
    WITH SUBJECT = ${sql.string(subject ?? `Certificate for ${certificateName}`)}${
      expiry === undefined ? sql.nothing : sql`, EXPIRY_DATE = ${sql.string(expiry.replaceAll("-", ""))}`
    }`;

function nameTaken(server: Sql, existing: Certificate) {
  return alreadyExists(
    server,
    `create the certificate ${existing.name}`,
    `a certificate of that name exists already: thumbprint ${existing.thumbprint}, valid until ${existing.expiryDate}`,
    "it was not made by this stack, or the name was kept while its expiry or subject changed.",
    `give another certificateName; or, if nothing uses the old one, drop it: ${sql`DROP CERTIFICATE ${sql.identifier(existing.name)}`.text}`,
    15232,
  );
}

async function settled(server: Sql, certificateName: string) {
  const found = await findCertificate(server, certificateName);
  if (!found) throw vanished(server, `the certificate ${certificateName}`);
  return facts(found);
}

function facts({ name, der, thumbprint, startDate, expiryDate, validity }: Certificate) {
  return { certificateName: name, publicKey: `0x${hex(der)}`, thumbprint, startDate, expiryDate, validity };
}

function expiryProblem(expiry: string): string | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(expiry) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (Number.isNaN(date.getTime()) || isoDate(date) !== expiry) {
    return `must be a date that exists, as YYYY-MM-DD; it is ${JSON.stringify(expiry)}`;
  }
  if (date.getTime() <= Date.now()) {
    return `must not be in the past, as ${expiry} is: no link connects with an expired certificate. A later date makes a new one`;
  }
  return undefined;
}
