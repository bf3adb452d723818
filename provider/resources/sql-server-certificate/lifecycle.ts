import { sameDuration } from "../../arguments/duration";
import { adoptProperty } from "../../arguments/kinds";
import { sameName, sharedName } from "../../arguments/names";
import { type SqlServer, sqlServerProperty } from "../../arguments/sql-server-settings";
import { isFailure, VisibleError } from "../../errors/visible-error";
import type { Context } from "../../lifecycle/context";
import type { Created, Lifecycle } from "../../lifecycle/contract";
import {
  isContinued,
  isLeftToAnother,
  leave,
  type Present,
  standingOf,
  type TakenOver,
} from "../../lifecycle/ownership";
import { isGone, type Noted, recorded } from "../../lifecycle/recorded";
import {
  type Certificate,
  documentedName,
  dropStatement,
  dropUnused,
  findCertificate,
  hex,
  isoDate,
  keyObstacles,
} from "../../sql-server/catalog/certificates";
import { findEndpoint } from "../../sql-server/catalog/endpoint";
import type { Sql } from "../../sql-server/connection";
import { forgetNote, isOwn, type Note, notesOf, otherNotes } from "../../sql-server/notes";
import { alreadyExists, kept, lookAt, requireNoObstacle, vanished } from "../../sql-server/outcome";
import { sql } from "../../sql-server/tsql";
import { expiryWarnings, type Validity } from "../../sql-server/validity";
import { dueAtOnce, isDue, rotateBeforeProblem, rotationDueAt, rotationNotice } from "./rotation";

interface Inputs {
  readonly sqlServer: SqlServer;
  readonly certificateName?: string;
  readonly expiry?: string;
  readonly subject?: string;
  readonly rotateBefore?: string;
  readonly adopt?: boolean;
}
interface State extends Inputs, TakenOver {
  readonly certificateName: string;
  readonly instanceId: string;
  readonly publicKey?: string;
  readonly thumbprint?: string;
  readonly startDate?: string;
  readonly expiryDate?: string;
  readonly validity?: Validity;
  readonly rotationDue?: boolean;
}

export const sqlServerCertificate = {
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
    // Without `since`: nobody has it by default, so where it is new in a program it is to be recorded.
    rotateBefore: {
      type: "string",
      onChange: "update",
      check: rotateBeforeProblem,
      same: sameDuration,
    },
    adopt: adoptProperty,
  },
  lasting: ({ certificateName, publicKey }) => [certificateName, publicKey],

  /** The new one has its own end and its own name, so neither may be fixed. */
  problems: ({ rotateBefore, expiry, certificateName }) =>
    rotateBefore === undefined
      ? []
      : [
          expiry !== undefined &&
            "rotateBefore does not go together with expiry: the next certificate would end on the same day. Without it each is valid for a year",
          certificateName !== undefined &&
            "rotateBefore does not go together with certificateName: the next certificate is made, uploaded and used before the old one goes. Without it each gets a name of its own",
        ].filter((problem) => problem !== false),

  due: (state, { rotateBefore }, now) => (isDue(state, rotateBefore, now) ? ["rotateBefore"] : []),

  warnings: (state, now) => {
    const expiring = expiryWarnings(
      state,
      now,
      `The certificate ${state.certificateName} of SQL Server's mirroring endpoint`,
      "Without a valid one no link connects: databases on the managed instance no longer follow.",
      isDue(state, state.rotateBefore, now)
        ? "run pulumi up, which makes a new certificate, as rotateBefore asks, uploads it and gives it to the endpoint."
        : "give a new expiry or rotateBefore (certificateExpiry or certificateRotateBefore of an InstancePairing) and run pulumi up, which makes a new certificate, uploads it and gives it to the endpoint.",
    );
    return expiring.length > 0 ? expiring : rotationNotice(state, now);
  },

  /** Said in the preview already: what the new one would be refused for when it is made. */
  refusal(state, { certificateName }, { replaces, isCascade }) {
    const isSameName = certificateName !== undefined && sameName(certificateName, state.certificateName);
    if (isCascade || replaces.length === 0 || !isSameName) return undefined;
    return new VisibleError(
      {
        doing: `change ${replaces.join(" and ")} of the certificate ${state.certificateName}`,
        said: ["Nothing was touched."],
        cause:
          "that takes a new certificate, which is made, uploaded and used before the old one goes, so both need a name.",
        remedy:
          "give another certificateName together with the change, or leave it out: then each gets a name of its own.",
      },
      [15232],
    );
  },

  async observe(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const { instanceId = server.instance.id, certificateName = documentedName(server.instance.name) } = state;
    const found = await findCertificate(server, certificateName);
    // Another certificate of that name is not the one that was made here.
    if (!found || (state.thumbprint !== undefined && found.thumbprint !== state.thumbprint)) return undefined;
    return { state: { ...state, instanceId, ...facts(found, state) }, drift: keyObstacles(found)[0]?.problem };
  },

  async create(inputs, context) {
    const server = await context.sql(inputs.sqlServer);
    const notes = context.author ? await notesOf(server, "certificate") : [];
    const left = await leftByKilledRun(server, inputs, notes, context);
    if (left) return await goOn(server, inputs, left);
    const { certificateName } = inputs;
    const existing = await certificateThere(server, inputs, context);
    if (existing)
      return await goOn(server, inputs, existing, await standingOf(present(server, inputs, existing), context));
    await requireSaneClocks(server, inputs);
    if (certificateName !== undefined) return await make(server, { ...inputs, certificateName }, context);
    const lost = await lostOf(server, notes, context);
    const isAnother = context.replaced !== undefined || lost.length > 0;
    const made = await makeUnderFreeName(server, inputs, isAnother, context);
    for (const note of lost) await forgetNote(server, "certificate", note);
    return made;
  },

  steps({ certificateName, ...inputs }, { serverName }) {
    const name = certificateName ?? documentedName(serverName);
    return {
      steps: [
        { on: "SQL Server", doing: `create the certificate ${name}`, statement: definition(name, inputs) },
        {
          on: "SQL Server",
          doing: `show the certificate ${name} with its public key`,
          statement: sql`SELECT CONVERT(varchar(max), CERTENCODED(CERT_ID(${sql.string(name)})), 1) AS SqlServerCertificate`,
          gives: "SqlServerCertificate",
        },
      ],
      outputs: { certificateName: name, publicKey: sql.place("SqlServerCertificate").text },
    };
  },

  // A certificate cannot be altered. This is for another way to reach the server, or after an interrupted creation.
  async update(state, inputs, context) {
    const server = await context.sql(inputs.sqlServer, state.instanceId);
    const wanted = { ...inputs, certificateName: state.certificateName };
    const found = await findCertificate(server, wanted.certificateName);
    if (!found) return (await make(server, wanted, context)).state;
    if (state.thumbprint !== undefined && state.thumbprint !== found.thumbprint) throw replacedByHand(server, found);
    requireNoObstacle(server, `use the certificate ${found.name}`, keyObstacles(found));
    const { before } = state;
    return { ...wanted, instanceId: server.instance.id, ...facts(found, inputs), ...(before && { before }) };
  },

  async delete(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const { certificateName } = state;
    if (await isLeftToAnother(noted(server, certificateName), context)) return;
    if (state.before)
      return await leave({ ...noted(server, certificateName), what: label(certificateName) }, [], context);
    const users = await dropUnused(server, certificateName, state.thumbprint);
    await dropAbandoned(server, context);
    if (users.length === 0) return;
    context.warn(kept(server, `the certificate ${certificateName}`, users, dropStatement(certificateName).text));
  },
} satisfies Lifecycle<Inputs, State>;

/** Drops what a rotation that was killed has made, where it was taken back in the program: no state has it. */
async function dropAbandoned(server: Sql, { author }: Context): Promise<void> {
  const { notes, areAbandoned } = await otherNotes(server, "certificate", author);
  for (const note of areAbandoned ? notes : []) {
    const isGone = note.before !== undefined || (await dropUnused(server, note.name, note.id)).length === 0;
    if (isGone) await forgetNote(server, "certificate", note);
  }
}

const noted = (server: Sql, name: string): Noted => ({
  server,
  kind: "certificate",
  name,
  doing: `create the certificate ${name}`,
  identity: async () => (await findCertificate(server, name))?.thumbprint,
});

/**
 * The certificate that a run of this resource made and did not record, as it was killed: one that the resource noted, that
 * is not the one being replaced, and that is as it is wanted now.
 */
async function leftByKilledRun(
  server: Sql,
  { certificateName: given, expiry, subject, rotateBefore }: Inputs,
  notes: readonly Note[],
  { author, replaced, ...context }: Context,
): Promise<Certificate | undefined> {
  if (!author) return undefined;
  const own = notes.filter((note) => isOwn(note, author));
  for (const { name } of own.filter(({ name }) => given === undefined || sameName(given, name))) {
    const found = await findCertificate(server, name);
    if (!found || found.thumbprint === replaced?.thumbprint || keyObstacles(found).length > 0) continue;
    const isWanted =
      expiry === undefined ? !rotationDueAt(found.expiryDate, rotateBefore, found.now) : found.expiryDate === expiry;
    if (!isWanted || found.subject !== (subject ?? defaultSubject(name))) continue;
    if (await isContinued({ ...noted(server, name), what: label(name) }, { author, ...context })) return found;
  }
  return undefined;
}

/**
 * Notes about certificates that somebody has dropped: those of this resource, and whoever's it was the one with the documented
 * name. Managed instances still have their keys under their names, so the next one needs another name: as in a rotation, its
 * key is uploaded before the old one goes.
 */
async function lostOf(server: Sql, notes: readonly Note[], { author }: Context): Promise<Note[]> {
  const documented = documentedName(server.instance.name);
  const lost: Note[] = [];
  for (const note of notes) {
    const isAsked = sameName(note.name, documented) || (author && isOwn(note, author));
    if (isAsked && (await isGone(noted(server, note.name))(note))) lost.push(note);
  }
  return lost;
}

/** Records a certificate that is there. */
const goOn = async (
  server: Sql,
  inputs: Inputs,
  found: Certificate,
  taken: TakenOver = {},
): Promise<Created<State>> => ({
  id: idOn(server, found.name),
  state: { ...inputs, instanceId: server.instance.id, ...facts(found, inputs), ...taken },
});

const label = (certificateName: string): string => `the certificate ${certificateName}`;

/**
 * The certificate of the given name. Where none is given: the one to take over, which is that of the mirroring endpoint, as
 * the partners trust it, or the one with the documented name. The new one of a rotation is never taken over so.
 */
async function certificateThere(
  server: Sql,
  { certificateName, adopt }: Inputs,
  { replaced }: Context,
): Promise<Certificate | undefined> {
  if (certificateName !== undefined) return await findCertificate(server, certificateName);
  if (!adopt || replaced) return undefined;
  const shown = (await findEndpoint(server))?.certificateName;
  return await findCertificate(server, shown ?? documentedName(server.instance.name));
}

/** A certificate that is there: how it differs. Nothing of it can be changed. What the program leaves open is not compared. */
function present(server: Sql, inputs: Inputs, found: Certificate): Present {
  const { expiry, subject, adopt } = inputs;
  const another = (what: string) => ({
    what,
    remedy: `leave ${what.split(" ")[0]} out, or give the one that it has; or give another certificateName: a new certificate is made, and nothing changes about this one.`,
  });
  return {
    ...noted(server, found.name),
    what: label(found.name),
    adopt,
    differences: [
      ...keyObstacles(found).map(({ problem, remedy }) => ({ what: problem, remedy })),
      ...(expiry !== undefined && expiry !== found.expiryDate
        ? [another(`expiry is ${found.expiryDate}, not ${expiry}`)]
        : []),
      ...(subject !== undefined && subject !== found.subject
        ? [another(`subject is ${found.subject}, not ${subject}`)]
        : []),
      ...(found.validity === "Expired"
        ? [
            {
              what: `it ended on ${found.expiryDate}`,
              remedy: "give another certificateName and an expiry: a new certificate is made.",
            },
          ]
        : []),
    ],
    refusal: () => nameTaken(server, found),
  };
}

const idOn = (server: Sql, certificateName: string): string => `${server.instance.name}/${certificateName}`;

async function make(
  server: Sql,
  inputs: Inputs & { readonly certificateName: string },
  context: Context,
): Promise<Created<State>> {
  const { certificateName } = inputs;
  const known = { ...inputs, instanceId: server.instance.id };
  return await recorded<State>(
    idOn(server, certificateName),
    known,
    () =>
      server.change(
        `create the certificate ${certificateName}`,
        definition(certificateName, inputs),
        async () => (await findCertificate(server, certificateName)) !== undefined,
      ),
    async () => ({ ...known, ...(await settled(server, inputs)) }),
    context,
    noted(server, certificateName),
  );
}

/** Refuses a certificate that this machine's clock would have replaced at once, in every run. */
async function requireSaneClocks(server: Sql, { rotateBefore }: Inputs): Promise<void> {
  if (rotateBefore === undefined) return;
  const [row] = await server.query<{ readonly now: Date }>("read the clock", sql`SELECT SYSUTCDATETIME() AS now`);
  const now = new Date();
  if (!row || !dueAtOnce(isoDate(oneYearFrom(row.now)), rotateBefore, now)) return;
  throw new VisibleError({
    doing: `create a certificate on ${server.instance.name} (${server.address})`,
    said: [
      `the clock of SQL Server says ${row.now.toISOString()}, that of this machine ${now.toISOString()}. Nothing was made.`,
    ],
    cause: `one of the two is wrong. The certificate would be valid for a year by SQL Server's clock, and by that of this machine rotateBefore (${rotateBefore}) would have it replaced in the next pulumi up, and so in every one.`,
    remedy: "set the clock that is wrong, then run pulumi up again.",
  });
}

/** Another run on the same server may take the name between the look and the statement. */
async function makeUnderFreeName(
  server: Sql,
  inputs: Inputs,
  isAnother: boolean,
  context: Context,
): Promise<Created<State>> {
  const tried: string[] = [];
  for (;;) {
    const certificateName = await freeName(server, inputs.expiry, isAnother, tried);
    tried.push(certificateName);
    try {
      return await make(server, { ...inputs, certificateName }, context);
    } catch (error) {
      if (tried.length === 3 || !isFailure(error, 15232, "NotedByAnother")) throw error;
    }
  }
}

/**
 * The documented name. Where a certificate has it, and for another one than the first, a date follows, as a managed instance
 * may still have an old certificate of the name; where that is taken too, by what an interrupted run left behind, a number.
 */
async function freeName(
  server: Sql,
  expiry: string | undefined,
  isAnother: boolean,
  tried: readonly string[],
): Promise<string> {
  const documented = documentedName(server.instance.name);
  const dated = `${documented}_${(expiry ?? isoDate(oneYearFrom(new Date()))).replaceAll("-", "")}`;
  for (let number = isAnother ? 1 : 0; ; number++) {
    const name = [documented, dated][number] ?? `${dated}_${number}`;
    if (!tried.includes(name) && !(await findCertificate(server, name))) return name;
  }
}

function oneYearFrom(date: Date): Date {
  return new Date(Date.UTC(date.getUTCFullYear() + 1, date.getUTCMonth(), date.getUTCDate()));
}

const defaultSubject = (certificateName: string): string => `Certificate for ${certificateName}`;

/**
 * Creates the only certificate that is made: those of managed instances and the roots are imported. yyyymmdd means the same
 * under every DATEFORMAT and language; dates are in UTC, and the last day is valid to its end.
 */
const definition = (certificateName: string, { expiry, subject }: Pick<Inputs, "expiry" | "subject">) => sql`
    CREATE CERTIFICATE ${sql.identifier(certificateName)}
    WITH SUBJECT = ${sql.string(subject ?? defaultSubject(certificateName))}${
      expiry === undefined ? sql.nothing : sql`, EXPIRY_DATE = ${sql.string(`${expiry.replaceAll("-", "")} 23:59:59`)}`
    }`;

function nameTaken(server: Sql, existing: Certificate) {
  return alreadyExists(
    server,
    `create the certificate ${existing.name}`,
    `a certificate of that name exists already: thumbprint ${existing.thumbprint}, valid until ${existing.expiryDate}`,
    {
      because: "a new expiry or subject makes a new certificate, which needs a name of its own.",
      look: lookAt.certificate(existing.name),
      instead: "give another certificateName",
    },
    15232,
  );
}

function replacedByHand(server: Sql, found: Certificate) {
  return new VisibleError(
    {
      doing: `find the certificate ${found.name} as this stack made it on ${server.instance.name} (${server.address})`,
      said: [`the one of that name has the thumbprint ${found.thumbprint} now`],
      cause: "somebody dropped it and made another one under its name.",
      remedy: "run pulumi refresh, which forgets the old one, then pulumi up, which makes a new one.",
    },
    [15232],
  );
}

async function settled(server: Sql, inputs: Inputs & { readonly certificateName: string }) {
  const { certificateName } = inputs;
  const found = await findCertificate(server, certificateName);
  if (!found) throw vanished(server, `the certificate ${certificateName}`);
  return facts(found, inputs);
}

function facts(
  { name, der, thumbprint, startDate, expiryDate, validity, now }: Certificate,
  { rotateBefore }: Pick<Inputs, "rotateBefore">,
) {
  const rotationDue = rotationDueAt(expiryDate, rotateBefore, now);
  return {
    certificateName: name,
    publicKey: `0x${hex(der)}`,
    thumbprint,
    startDate,
    expiryDate,
    validity,
    rotationDue,
  };
}

const oneDay = 86_400_000;

function expiryProblem(expiry: string): string | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(expiry) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (Number.isNaN(date.getTime()) || isoDate(date) !== expiry) {
    return `must be a date that exists, as YYYY-MM-DD; it is ${JSON.stringify(expiry)}`;
  }
  if (date.getTime() + oneDay <= Date.now()) {
    return `must not be in the past, as ${expiry} is: no link connects with an expired certificate. A later date makes a new one`;
  }
  return undefined;
}
