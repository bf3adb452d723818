import { X509Certificate } from "node:crypto";
import { digitsOf, isHexadecimal } from "../../arguments/hexadecimal";
import { adoptProperty, preflightProperty } from "../../arguments/kinds";
import {
  azArguments,
  childCollection,
  childId,
  linkArguments,
  managedInstanceIdProperty,
  nameInId,
  parseInstanceId,
  quotedWord,
  sameInAzure,
  shortId,
} from "../../arguments/managed-instance-id";
import { sharedName } from "../../arguments/names";
import { type SqlServer, sqlServerProperty } from "../../arguments/sql-server-settings";
import type { ArmResource, AzureAccess } from "../../azure/client";
import { existing as explained } from "../../errors/existing";
import { isUncertain, VisibleError } from "../../errors/visible-error";
import type { Context } from "../../lifecycle/context";
import type { Created, Lifecycle } from "../../lifecycle/contract";
import { isContinued, isLeftToAnother, sayLeft } from "../../lifecycle/ownership";
import { type Noted, recorded, unfinished } from "../../lifecycle/recorded";
import { requirePassed } from "../../preflight/require-passed";
import { thumbprintOf } from "../../sql-server/catalog/certificates";
import { claim, forgetNote, type Note, type NoteName, type Others, otherNotes, renew } from "../../sql-server/notes";
import { sql } from "../../sql-server/tsql";
import { expiryWarnings, type Validity, validityAt } from "../../sql-server/validity";
import { holderOf, holds, linksThatNeed } from "./in-use";

interface Inputs {
  readonly managedInstanceId: string;
  readonly certificateName: string;
  readonly publicKey: string;
  readonly sqlServer?: SqlServer;
  readonly preflight?: object;
  readonly adopt?: boolean;
}
interface State extends Inputs {
  readonly thumbprint: string;
  readonly expiryDate: string;
  /** Id of the SQL Server that holds the key. */
  readonly instanceId?: string;
  /** false: it was there before, the very same; it is used, and never deleted. */
  readonly created?: boolean;
  readonly validity?: Validity;
}

export const trustCertificate = {
  properties: {
    managedInstanceId: managedInstanceIdProperty,
    certificateName: sharedName("replace"),
    publicKey: {
      type: "string",
      required: true,
      onChange: "replace",
      check: publicKeyProblem,
      canonical: digitsOf,
      same: (a, b) => digitsOf(a) === digitsOf(b),
    },
    sqlServer: { ...sqlServerProperty, required: false, since: 2 },
    preflight: preflightProperty,
    adopt: adoptProperty,
  },
  problems: ({ preflight, sqlServer }) =>
    preflight !== undefined && sqlServer === undefined
      ? ["preflight goes with sqlServer only: without it the SQL Server is not known"]
      : [],
  // An instance takes neither a second certificate of the name nor the same one under a second name. A new key under a
  // new name, as in a rotation, comes before the old one goes.
  deleteBeforeReplace: (state, { certificateName, publicKey }) =>
    sameInAzure(state.certificateName, certificateName) || digitsOf(state.publicKey) === digitsOf(publicKey),

  warnings: (state, now) =>
    expiryWarnings(
      state,
      now,
      `The certificate ${label(state)}, by which the instance knows SQL Server,`,
      "Without a valid one no link from that SQL Server connects: its databases on the managed instance no longer follow.",
      "make a new certificate on SQL Server (a new expiry of SqlServerCertificate, certificateExpiry of an InstancePairing) and run pulumi up, which uploads it.",
    ),

  /** Refuses a replacement that would delete first what the links need: Azure takes each key and each name once. */
  refusal(state, inputs, { replaces, isCascade }) {
    // A new key that is not known yet, as in the preview of a rotation, is another one.
    const isSameKey = digitsOf(inputs.publicKey) === digitsOf(state.publicKey);
    const isSameInstance = sameInAzure(inputs.managedInstanceId, state.managedInstanceId);
    if (isCascade || !isSameInstance) return undefined;
    const isSameName = sameInAzure(inputs.certificateName, state.certificateName);
    if (replaces.includes("publicKey") && !isSameKey && isSameName && state.created === false)
      return newKeyUnderOldName(state);
    if (!replaces.includes("certificateName") || !isSameKey) return undefined;
    return new VisibleError(
      {
        doing: `give the name ${inputs.certificateName} to the certificate ${label(state)}`,
        said: ["Nothing was touched."],
        cause:
          "Azure takes each key once, so it would have to be deleted first, and no link that uses it could connect again meanwhile.",
        remedy:
          "keep the name; or make a new certificate on the SQL Server, which comes with its own key, and give that one the new name.",
      },
      ["CertificateAlreadyExists"],
    );
  },

  async observe(state, context) {
    const { azure } = context;
    const found = await findForSure(state, azure);
    if (!found) return undefined;
    const known = state.instanceId === undefined ? { ...state, ...(await knownOf(state, context)) } : state;
    const shown = { ...known, ...stateOf(state, found.properties.publicBlob, azure.now()) };
    // Somebody else's key under the name, which links of theirs may need: shown, and never deleted here.
    return { state: isSameKey(found, state) ? shown : { ...shown, created: false } };
  },

  async learn(known, { azure }) {
    const { managedInstanceId = "", certificateName = "" } = known;
    const id = childId(managedInstanceId, "serverTrustCertificates", certificateName);
    const found = await azure.findForSure<Properties>(`read the certificate ${certificateName}`, id);
    return found && { publicKey: digitsOf(found.properties.publicBlob) };
  },

  async create(inputs, context) {
    const { azure } = context;
    const { sqlServer, preflight } = inputs;
    if (preflight && sqlServer) await requirePassed({ ...inputs, sqlServer }, "servers", context);
    const doing = `upload the certificate ${label(inputs)}`;
    // What is there may have been deleted just now, as in a replacement.
    const existing = await azure.threeTimes(
      doing,
      () => findExisting(doing, inputs, azure),
      (found) => !found,
    );
    const known = await knownOf(inputs, context);
    if (!existing) return await make(doing, known, context);
    if (!isTheSame(known, existing)) throw alreadyThere(doing, inputs, existing);
    const note = await noted(doing, known, context);
    const isOwn = note && (await isContinued({ ...note, what: `the certificate ${label(inputs)}` }, context));
    return { id: idIn(inputs), state: isOwn ? known : { ...known, created: false } };
  },

  steps: (inputs) => ({
    steps: [
      {
        on: "Azure",
        doing: `upload the certificate ${label(inputs)}`,
        method: "PUT",
        path: idOf(inputs),
        properties: properties(sql.place("SqlServerCertificate").text),
        query: "type",
      },
    ],
    outputs: { managedInstanceId: inputs.managedInstanceId },
  }),

  /** Changes nothing about the certificate: it uploads one that is missing, and records the SQL Server. */
  async update(state, inputs, context) {
    const known = await knownOf(inputs, context, state.instanceId);
    if (await isThere(known, context.azure)) return state.created === false ? { ...known, created: false } : known;
    return (await make(`upload the certificate ${label(inputs)}`, known, context)).state;
  },

  async delete(state, context) {
    const { azure } = context;
    // Another key under the name was not uploaded here, nor was one that was there before.
    if (state.created === false) return sayLeft(state, `the certificate ${label(state)}`, context);
    const note = await noted(`delete the certificate ${label(state)}`, state, context);
    if (note && (await isLeftToAnother(note, context))) return;
    const own = context.author?.removed?.find(({ token }) => token === context.author?.token);
    const { notes, areAbandoned } = await othersOn(note, state, context);
    const isKept = (await isThere(state, azure)) && (await deleteUnneeded(state, context, notes.length > 0));
    if (!note) return;
    for (const other of notes) await deleteOutlived(note, other, areAbandoned ? state : undefined, context);
    // The old one of a rotation: by its note it is deleted later.
    if (own && isKept && notes.length > 0) await noteAgain(note, own);
  },
} satisfies Lifecycle<Inputs, State>;

/** Whether it had to be kept. */
async function deleteUnneeded(state: State, context: Context, isRotated: boolean): Promise<boolean> {
  const { azure, warn } = context;
  const links = await linksThatNeed(state, context);
  if (links.length === 0) {
    await azure.delete(`delete the certificate ${label(state)}`, idOf(state));
    return false;
  }
  const later = isRotated
    ? "Once the endpoint shows the new one, the next rotation of this resource deletes it, or its destroy; by hand"
    : "This stack does not know it any more; once nothing needs it, remove it by hand";
  warn(
    `Kept the certificate ${label(state)}: ${links.join(", ")} ${links.length === 1 ? "needs" : "may need"} it. ${later}: ${deleteCommand(state)}`,
  );
  return true;
}

async function noteAgain({ server, kind, name, doing }: Noted, own: Note): Promise<void> {
  const author = { ...own, notes: new Set<NoteName>() };
  await claim(server, kind, name, doing, author);
  await renew(server, kind, name, author, { id: own.id });
}

/** Notes of the same resource about other certificates of its on the instance: in a rotation, the new one, and older ones. */
async function othersOn(noted: Noted | undefined, state: State, { author }: Context): Promise<Others> {
  if (!noted) return { notes: [], areAbandoned: false };
  const instance = `${state.managedInstanceId}/`.toLowerCase();
  const { notes, areAbandoned } = await otherNotes(noted.server, noted.kind, author);
  return { notes: notes.filter(({ name }) => name !== noted.name && name.startsWith(instance)), areAbandoned };
}

/**
 * Deletes what an earlier rotation had to keep, as the endpoint of another stack still showed it, and what a rotation that
 * was killed and taken back had uploaded. While SQL Server has the certificate, an endpoint may come to show it: unless the
 * resource, whose state is given then, goes for good.
 */
async function deleteOutlived(
  { server, kind }: Noted,
  other: Note,
  state: State | undefined,
  context: Context,
): Promise<void> {
  const { azure } = context;
  const { name, id } = other;
  const doing = `delete the old certificate ${nameInId(name)}`;
  const found = await azure.findForSure<Properties>(doing, name);
  const thumbprint = found && thumbprintIn(found);
  const isHeld = thumbprint !== undefined && (await holds(server, thumbprint));
  if (isHeld && (!state || (await linksThatNeed({ ...state, thumbprint }, context)).length > 0)) return;
  // Another key under its name is another SQL Server's by now. A run that was killed while it uploaded has noted no key.
  if (thumbprint !== undefined && (thumbprint === id || (id === undefined && isHeld))) await azure.delete(doing, name);
  await forgetNote(server, kind, other);
}

const thumbprintIn = ({ properties }: ArmResource<Properties>): string =>
  thumbprintOf(new X509Certificate(Buffer.from(digitsOf(properties.publicBlob), "hex")));

/** It is noted on the SQL Server, where the resource knows that: in Azure there is no place for a note. */
async function noted(doing: string, state: State, { sql }: Context): Promise<Noted | undefined> {
  if (state.sqlServer === undefined || state.instanceId === undefined) return undefined;
  const server = await sql(state.sqlServer, state.instanceId);
  const name = idOf(state).toLowerCase();
  return { server, kind: "trust-certificate", name, doing, identity: async () => state.thumbprint };
}

/** For an old key that this resource did not upload. For one that it did, `delete` decides: it goes when nothing needs it any more. */
const newKeyUnderOldName = (state: State): VisibleError =>
  new VisibleError(
    {
      doing: `give another key to the certificate ${label(state)}`,
      said: ["Nothing was touched."],
      cause:
        "the key that is there was not uploaded by this resource, so it is not deleted, and Azure takes each name once.",
      remedy:
        "give the new key another certificateName, which is uploaded before the old one is deleted; or take the change back.",
    },
    ["CertificateAlreadyExists"],
  );

/** Uploads it. After a failure that leaves it open whether Azure has it, it is recorded as unfinished. */
async function make(doing: string, known: State, context: Context): Promise<Created<State>> {
  const { azure } = context;
  const id = idIn(known);
  const upload = async () => {
    try {
      const whatIsNow = () => whatIsThere(known, azure);
      await azure.put(doing, idOf(known), properties(`0x${known.publicKey}`), { whatIsThere: whatIsNow });
    } catch (error) {
      if (isUncertain(error) || (await mayBeThere(known, azure))) throw unfinished(id, known, error);
      throw error;
    }
  };
  const note = await noted(doing, known, context);
  return await recorded(id, known, upload, () => settled(known, azure), context, note);
}

async function knownOf(inputs: Inputs, context: Context, recordedId?: string): Promise<State> {
  const known = stateOf(inputs, inputs.publicKey, context.azure.now());
  const instanceId = await holderOf(known, context, recordedId);
  return instanceId === undefined ? known : { ...known, instanceId };
}

async function isThere(state: State, azure: AzureAccess): Promise<boolean> {
  const found = await findForSure(state, azure);
  return found !== undefined && isTheSame(state, found);
}

/** Whether it may be there after a PUT that failed. It may where the look fails too: it must not be forgotten. */
async function mayBeThere(state: State, azure: AzureAccess): Promise<boolean> {
  try {
    return await isThere(state, azure);
  } catch {
    return true;
  }
}

async function whatIsThere(state: State, azure: AzureAccess) {
  const found = await find(state, azure);
  if (!found) return "nothing";
  return isSameKey(found, state) ? "as asked for" : "something else";
}

const isSameKey = ({ properties }: ArmResource<Properties>, { publicKey }: Inputs): boolean =>
  digitsOf(properties.publicBlob) === publicKey;

/** The same name and key: it may be the one that this stack uploaded in a run that was killed. */
const isTheSame = (state: State, found: ArmResource<Properties>): boolean =>
  sameInAzure(found.name, state.certificateName) && isSameKey(found, state);

/** Azure wants the prefix 0x, though it answers without it. */
const properties = (publicBlob: string): Properties => ({ publicBlob });

interface Properties {
  readonly publicBlob: string;
}

const idOf = ({ managedInstanceId, certificateName }: Inputs): string =>
  childId(managedInstanceId, "serverTrustCertificates", certificateName);

const idIn = ({ managedInstanceId, certificateName }: Inputs): string => shortId(managedInstanceId, certificateName);

const label = ({ managedInstanceId, certificateName }: Inputs): string =>
  `${certificateName} on the managed instance ${parseInstanceId(managedInstanceId).name}`;

const find = (inputs: Inputs, azure: AzureAccess): Promise<ArmResource<Properties> | undefined> =>
  azure.find<Properties>(`read the certificate ${label(inputs)}`, idOf(inputs));

/** Looks three times before it says that the certificate is missing or has another key: it is forgotten then. */
async function findForSure(state: Inputs, azure: AzureAccess): Promise<ArmResource<Properties> | undefined> {
  const doing = `read the certificate ${label(state)}`;
  const found = await azure.findForSure<Properties>(doing, idOf(state));
  if (!found || isSameKey(found, state)) return found;
  const last = await azure.threeTimes(
    doing,
    () => find(state, azure),
    (other) => other !== undefined && isSameKey(other, state),
  );
  return last ?? found;
}

/** Records what was uploaded, not what Azure shows: that may be the certificate from before a replacement. */
async function settled(known: State, azure: AzureAccess): Promise<State> {
  const doing = `find the certificate ${label(known)} after it was uploaded`;
  const found = await azure.appeared<Properties>(doing, idOf(known), (shown) => isSameKey(shown, known));
  if (found) return known;
  throw new VisibleError(
    {
      doing,
      said: ["Azure accepted it, and has not shown it for two minutes."],
      cause: "Azure's answers are of some time ago; or somebody deleted it at once.",
      remedy: "run pulumi up again, which uploads it where it is missing.",
    },
    ["OutcomeUnknown"],
  );
}

function stateOf({ managedInstanceId, certificateName, sqlServer }: Inputs, blob: string, now: Date) {
  const publicKey = digitsOf(blob);
  const certificate = new X509Certificate(Buffer.from(publicKey, "hex"));
  return {
    managedInstanceId,
    certificateName,
    publicKey,
    ...(sqlServer && { sqlServer }),
    thumbprint: thumbprintOf(certificate),
    expiryDate: certificate.validToDate.toISOString(),
    validity: validityAt(now, certificate.validToDate),
  };
}

/** Finds a certificate of the name, which the list may not show yet, or of the key. */
async function findExisting(
  doing: string,
  inputs: Inputs,
  azure: AzureAccess,
): Promise<ArmResource<Properties> | undefined> {
  const [named, present] = await Promise.all([
    find(inputs, azure),
    azure.list<Properties>(doing, childCollection(inputs.managedInstanceId, "serverTrustCertificates")),
  ]);
  return (
    named ??
    present.find(({ name }) => sameInAzure(name, inputs.certificateName)) ??
    present.find((other) => isSameKey(other, inputs))
  );
}

function alreadyThere(doing: string, inputs: Inputs, existing: ArmResource<Properties>): VisibleError {
  const isNamed = sameInAzure(existing.name, inputs.certificateName);
  return new VisibleError(
    {
      doing,
      said: [
        isNamed
          ? `a certificate of the name ${existing.name} exists already, with another public key`
          : `the same public key is there already under the name ${existing.name}`,
      ],
      ...explained({
        because: "the instance takes each name and each key once.",
        look: `az sql mi link list ${linkArguments(inputs.managedInstanceId)}`,
        instead: isNamed
          ? "give another certificateName"
          : `give TrustCertificate the certificateName ${JSON.stringify(existing.name)}; an InstancePairing gives it SQL Server's own, so for a link that is there, npx mi-link import writes single resources in its place`,
      }),
    },
    ["CertificateAlreadyExists"],
  );
}

const deleteCommand = ({ managedInstanceId, certificateName }: Inputs): string =>
  `az sql mi partner-cert delete ${azArguments(managedInstanceId)} --certificate-name ${quotedWord(certificateName)}`;

/** Words that end the sentence "publicKey ...". */
function publicKeyProblem(text: string): string | undefined {
  const digits = digitsOf(text);
  const where = "take it from SQL Server: SELECT CERTENCODED(CERT_ID(N'<certificate>'))";
  if (!isHexadecimal(digits)) return `must be a certificate in hexadecimal, with or without 0x; ${where}`;
  const der = Buffer.from(digits, "hex");
  const certificate = parse(der);
  if (!certificate?.raw.equals(der)) return `is not one whole X.509 certificate in DER (${der.length} bytes); ${where}`;
  if (certificate.validToDate < new Date()) {
    return `is the certificate ${JSON.stringify(certificate.subject)}, which expired on ${certificate.validToDate.toISOString()}; a link cannot be established with it: make a new one on SQL Server`;
  }
  return undefined;
}

function parse(der: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}
