import { X509Certificate } from "node:crypto";
import type { Created, Lifecycle } from "../../dynamic/lifecycle";
import { recorded, unfinished } from "../../dynamic/recorded";
import { isUncertain, VisibleError } from "../../errors/visible-error";
import { sameName, sharedName } from "../../sql-server/names";
import { type ArmResource, type AzureAccess, publicBlob } from "../client";
import {
  azArguments,
  childCollection,
  childId,
  managedInstanceIdProperty,
  parseInstanceId,
  shortId,
} from "../resource-id";

interface Inputs {
  readonly managedInstanceId: string;
  readonly certificateName: string;
  readonly publicKey: string;
}
interface State extends Inputs {
  readonly thumbprint: string;
  readonly expiryDate: string;
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
  },
  // An instance takes neither a second certificate of the name nor the same one under a second name. A new key under a
  // new name, as in a rotation, comes before the old one goes.
  deleteBeforeReplace: (state, { certificateName, publicKey }) =>
    sameName(state.certificateName, certificateName) || publicBlob(state.publicKey) === publicBlob(publicKey),

  async observe(state, { azure }) {
    const found = await findForSure(state, azure);
    return found && { state: stateOf(state, found.properties.publicBlob) };
  },

  async create(inputs, { azure }) {
    const doing = `upload the certificate ${label(inputs)}`;
    // What is there may have been deleted just now, as in a replacement.
    const existing = await azure.threeTimes(
      doing,
      () => findExisting(doing, inputs, azure),
      (found) => !found,
    );
    if (existing) throw alreadyThere(doing, inputs, existing);
    return await make(doing, inputs, azure);
  },

  /** Nothing changes in place: this ends what was interrupted. */
  async update(_state, inputs, { azure }) {
    return (await make(`upload the certificate ${label(inputs)}`, inputs, azure)).state;
  },

  async delete(state, { azure }) {
    // Another key under the name was not uploaded here.
    if (!(await isThere(state, azure))) return;
    await azure.delete(`delete the certificate ${label(state)}`, idOf(state));
  },
};

/** A PUT that was accepted goes on when nobody can see any more what becomes of it. */
async function make(doing: string, inputs: Inputs, azure: AzureAccess): Promise<Created<State>> {
  const id = shortId(inputs.managedInstanceId, inputs.certificateName);
  const known = stateOf(inputs, inputs.publicKey);
  const upload = async () => {
    try {
      // Azure wants the prefix that it does not give.
      await azure.put(
        doing,
        idOf(inputs),
        { publicBlob: `0x${inputs.publicKey}` },
        { whatIsThere: () => whatIsThere(known, azure) },
      );
    } catch (error) {
      if (isUncertain(error) || (await mayBeThere(known, azure))) throw unfinished(id, known, error);
      throw error;
    }
  };
  return await recorded(id, known, upload, () => settled(known, azure));
}

async function isThere(state: State, azure: AzureAccess): Promise<boolean> {
  const found = await findForSure(state, azure);
  return found !== undefined && isSameKey(found, state);
}

/** After a PUT that failed: where nobody can look, it counts as there, so that it is not forgotten. */
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
  publicBlob(properties.publicBlob) === publicKey;

interface Properties {
  readonly publicBlob: string;
}

const idOf = ({ managedInstanceId, certificateName }: Inputs): string =>
  childId(managedInstanceId, "serverTrustCertificates", certificateName);

const label = ({ managedInstanceId, certificateName }: Inputs): string =>
  `${certificateName} on the managed instance ${parseInstanceId(managedInstanceId).name}`;

const find = (inputs: Inputs, azure: AzureAccess): Promise<ArmResource<Properties> | undefined> =>
  azure.find<Properties>(`read the certificate ${label(inputs)}`, idOf(inputs));

/** Neither its absence nor another key under its name is believed at once: the certificate is forgotten for them. */
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

/** What was uploaded is what is there: what is shown may be the certificate from before a replacement. */
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

function stateOf({ managedInstanceId, certificateName }: Inputs, blob: string): State {
  const publicKey = publicBlob(blob);
  const certificate = new X509Certificate(Buffer.from(publicKey, "hex"));
  return {
    managedInstanceId,
    certificateName,
    publicKey,
    thumbprint: certificate.fingerprint.replaceAll(":", ""),
    expiryDate: certificate.validToDate.toISOString(),
  };
}

/** By its name, which the list may not show yet, or by its key. */
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
    present.find(({ name }) => sameName(name, inputs.certificateName)) ??
    present.find((other) => isSameKey(other, inputs))
  );
}

function alreadyThere(doing: string, inputs: Inputs, existing: ArmResource<Properties>): VisibleError {
  const isNamed = sameName(existing.name, inputs.certificateName);
  const isSame = isSameKey(existing, inputs);
  return new VisibleError(
    {
      doing,
      said: [
        isNamed
          ? `a certificate of the name ${existing.name} exists already, ${isSame ? "with the same public key" : "with another public key"}`
          : `the same public key is there already under the name ${existing.name}`,
      ],
      cause: "the instance takes each name and each key once, and this certificate was not uploaded by this stack.",
      remedy: `if nothing uses it, delete it: az sql mi partner-cert delete ${azArguments(inputs.managedInstanceId)} --certificate-name ${JSON.stringify(existing.name)}`,
    },
    ["CertificateAlreadyExists"],
  );
}

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
