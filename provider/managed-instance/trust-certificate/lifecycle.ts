import { X509Certificate } from "node:crypto";
import type { Context, Created, Lifecycle } from "../../dynamic/lifecycle";
import { recorded, unfinished } from "../../dynamic/recorded";
import { isUncertain, VisibleError } from "../../errors/visible-error";
import { sameName, sharedName } from "../../sql-server/names";
import { type SqlServer, sqlServerProperty } from "../../sql-server/server";
import { type ArmResource, type AzureAccess, publicBlob } from "../client";
import {
  azArguments,
  childCollection,
  childId,
  managedInstanceIdProperty,
  parseInstanceId,
  shortId,
} from "../resource-id";
import { holderOf, linksThatNeed } from "./in-use";

interface Inputs {
  readonly managedInstanceId: string;
  readonly certificateName: string;
  readonly publicKey: string;
  readonly sqlServer?: SqlServer;
}
interface State extends Inputs {
  readonly thumbprint: string;
  readonly expiryDate: string;
  /** Of the SQL Server. */
  readonly instanceId?: string;
  /** false: it was there before, the very same; it is used, and never deleted. */
  readonly created?: boolean;
}

export const trustCertificate: Lifecycle<Inputs, State> = {
  properties: {
    managedInstanceId: managedInstanceIdProperty,
    certificateName: sharedName("replace"),
    publicKey: {
      type: "string",
      required: true,
      onChange: "replace",
      check: publicKeyProblem,
      canonical: publicBlob,
      same: (a, b) => publicBlob(a) === publicBlob(b),
    },
    sqlServer: { ...sqlServerProperty, required: false, since: 2 },
  },
  // An instance takes neither a second certificate of the name nor the same one under a second name. A new key under a
  // new name, as in a rotation, comes before the old one goes.
  deleteBeforeReplace: (state, { certificateName, publicKey }) =>
    sameName(state.certificateName, certificateName) || publicBlob(state.publicKey) === publicBlob(publicKey),

  /** Before the engine deletes the old one, which the links need, for a new one that Azure refuses as long as it is there. */
  refusal(state, inputs, { replaces, isCascade }) {
    // A new key that is not known yet, as in the preview of a rotation, is another one.
    const isSameKey = publicBlob(inputs.publicKey) === publicBlob(state.publicKey);
    const isSameInstance = sameName(inputs.managedInstanceId, state.managedInstanceId);
    if (isCascade || !replaces.includes("certificateName") || !isSameKey || !isSameInstance) return undefined;
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

  async observe(state, { azure }) {
    const found = await find(state, azure);
    return found && { state: { ...state, ...stateOf(state, found.properties.publicBlob) } };
  },

  async create(inputs, context) {
    const { azure } = context;
    const doing = `upload the certificate ${label(inputs)}`;
    const present = await azure.list<Properties>(
      doing,
      childCollection(inputs.managedInstanceId, "serverTrustCertificates"),
    );
    const known = await knownOf(inputs, context);
    if (present.some((other) => isTheSame(known, other)))
      return { id: idIn(inputs), state: { ...known, created: false } };
    refuseExisting(doing, inputs, present);
    return await make(doing, known, azure);
  },

  /** Of the certificate nothing changes in place: this ends what was interrupted, and records the SQL Server. */
  async update(state, inputs, context) {
    const known = await knownOf(inputs, context);
    if (await isThere(known, context.azure)) return state.created === false ? { ...known, created: false } : known;
    return (await make(`upload the certificate ${label(inputs)}`, known, context.azure)).state;
  },

  async delete(state, context) {
    const { azure, warn } = context;
    // Another key under the name was not uploaded here, nor was one that was there before.
    if (state.created === false || !(await isThere(state, azure))) return;
    const links = await linksThatNeed(state, context);
    if (links.length === 0) return await azure.delete(`delete the certificate ${label(state)}`, idOf(state));
    warn(
      `Kept the certificate ${label(state)}: ${links.join(", ")} ${links.length === 1 ? "needs" : "may need"} it. This stack does not know it any more; once nothing needs it, remove it by hand: ${deleteCommand(state)}`,
    );
  },
};

/** A PUT that was accepted goes on when nobody can see any more what becomes of it. */
async function make(doing: string, known: State, azure: AzureAccess): Promise<Created<State>> {
  const id = idIn(known);
  const upload = async () => {
    try {
      // Azure wants the prefix that it does not give.
      await azure.put(doing, idOf(known), { publicBlob: `0x${known.publicKey}` });
    } catch (error) {
      if (isUncertain(error) || (await isThere(known, azure))) throw unfinished(id, known, error);
      throw error;
    }
  };
  return await recorded(id, known, upload, async () => ({ ...known, ...(await settled(known, azure)) }));
}

async function knownOf(inputs: Inputs, context: Context): Promise<State> {
  const known = stateOf(inputs, inputs.publicKey);
  const instanceId = await holderOf(known, context);
  return instanceId === undefined ? known : { ...known, instanceId };
}

async function isThere(state: State, azure: AzureAccess): Promise<boolean> {
  const found = await find(state, azure);
  return found !== undefined && isTheSame(state, found);
}

/** Name and key: so it can't be told from one that this stack uploaded in a run that was killed. */
const isTheSame = (state: State, { name, properties }: ArmResource<Properties>): boolean =>
  sameName(name, state.certificateName) && publicBlob(properties.publicBlob) === state.publicKey;

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

async function settled(inputs: Inputs, azure: AzureAccess): Promise<State> {
  const found = await find(inputs, azure);
  if (found) return stateOf(inputs, found.properties.publicBlob);
  throw new VisibleError({
    doing: `find the certificate ${label(inputs)} after it was uploaded`,
    cause: "somebody deleted it meanwhile.",
    remedy: "run pulumi refresh, then pulumi up.",
  });
}

function stateOf({ managedInstanceId, certificateName, sqlServer }: Inputs, blob: string): State {
  const publicKey = publicBlob(blob);
  const certificate = new X509Certificate(Buffer.from(publicKey, "hex"));
  return {
    managedInstanceId,
    certificateName,
    publicKey,
    ...(sqlServer && { sqlServer }),
    thumbprint: certificate.fingerprint.replaceAll(":", ""),
    expiryDate: certificate.validToDate.toISOString(),
  };
}

function refuseExisting(doing: string, inputs: Inputs, present: readonly ArmResource<Properties>[]): void {
  const named = present.find(({ name }) => sameName(name, inputs.certificateName));
  const same = present.find(({ properties }) => publicBlob(properties.publicBlob) === inputs.publicKey);
  const existing = named ?? same;
  if (!existing) return;
  throw new VisibleError(
    {
      doing,
      said: [
        named
          ? `a certificate of the name ${named.name} exists already, with another public key`
          : `the same public key is there already under the name ${existing.name}`,
      ],
      cause: "the instance takes each name and each key once, and this certificate was not uploaded by this stack.",
      remedy: `if nothing uses it, delete it: ${deleteCommand({ ...inputs, certificateName: existing.name })}`,
    },
    ["CertificateAlreadyExists"],
  );
}

const deleteCommand = ({ managedInstanceId, certificateName }: Inputs): string =>
  `az sql mi partner-cert delete ${azArguments(managedInstanceId)} --certificate-name ${JSON.stringify(certificateName)}`;

/** Words that end the sentence "publicKey ...". */
function publicKeyProblem(text: string): string | undefined {
  const digits = publicBlob(text);
  const where = "take it from SQL Server: SELECT CERTENCODED(CERT_ID(N'<certificate>'))";
  if (!/^[0-9A-F]+$/.test(digits) || digits.length % 2 !== 0)
    return `must be a certificate in hexadecimal, with or without 0x; ${where}`;
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
