import { X509Certificate } from "node:crypto";
import type { Created, Lifecycle } from "../../dynamic/lifecycle";
import { recorded, unfinished } from "../../dynamic/recorded";
import { isUncertain, VisibleError } from "../../errors/visible-error";
import { sameName, sharedName } from "../../sql-server/names";
import { expiryWarnings, type Validity, validityAt } from "../../sql-server/validity";
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
  readonly validity?: Validity;
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

  warnings: (state, now) =>
    expiryWarnings(
      state,
      now,
      `The certificate ${label(state)}, by which the instance knows SQL Server,`,
      "Without a valid one no link from that SQL Server connects: its databases on the managed instance no longer follow.",
      "make a new certificate on SQL Server (a new expiry of SqlServerCertificate, certificateExpiry of an InstancePairing) and run pulumi up, which uploads it.",
    ),

  async observe(state, { azure }) {
    const found = await find(state, azure);
    return found && { state: stateOf(state, found.properties.publicBlob, azure.now()) };
  },

  async create(inputs, { azure }) {
    const doing = `upload the certificate ${label(inputs)}`;
    const present = await azure.list<Properties>(
      doing,
      childCollection(inputs.managedInstanceId, "serverTrustCertificates"),
    );
    refuseExisting(doing, inputs, present);
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
  const known = stateOf(inputs, inputs.publicKey, azure.now());
  const upload = async () => {
    try {
      // Azure wants the prefix that it does not give.
      await azure.put(doing, idOf(inputs), { publicBlob: `0x${inputs.publicKey}` });
    } catch (error) {
      if (isUncertain(error) || (await isThere(known, azure))) throw unfinished(id, known, error);
      throw error;
    }
  };
  return await recorded(id, known, upload, () => settled(inputs, azure));
}

async function isThere(state: State, azure: AzureAccess): Promise<boolean> {
  const found = await find(state, azure);
  return found !== undefined && publicBlob(found.properties.publicBlob) === state.publicKey;
}

interface Properties {
  readonly publicBlob: string;
}

const idOf = ({ managedInstanceId, certificateName }: Inputs): string =>
  childId(managedInstanceId, "serverTrustCertificates", certificateName);

const label = ({ managedInstanceId, certificateName }: Inputs): string =>
  `${certificateName} on the managed instance ${parseInstanceId(managedInstanceId).name}`;

const find = (inputs: Inputs, azure: AzureAccess): Promise<ArmResource<Properties> | undefined> =>
  azure.find<Properties>(`read the certificate ${label(inputs)}`, idOf(inputs));

async function settled(inputs: Inputs, azure: AzureAccess): Promise<State> {
  const found = await find(inputs, azure);
  if (found) return stateOf(inputs, found.properties.publicBlob, azure.now());
  throw new VisibleError({
    doing: `find the certificate ${label(inputs)} after it was uploaded`,
    cause: "somebody deleted it meanwhile.",
    remedy: "run pulumi refresh, then pulumi up.",
  });
}

function stateOf({ managedInstanceId, certificateName }: Inputs, blob: string, now: Date): State {
  const publicKey = publicBlob(blob);
  const certificate = new X509Certificate(Buffer.from(publicKey, "hex"));
  return {
    managedInstanceId,
    certificateName,
    publicKey,
    thumbprint: certificate.fingerprint.replaceAll(":", ""),
    expiryDate: certificate.validToDate.toISOString(),
    validity: validityAt(now, certificate.validToDate),
  };
}

function refuseExisting(doing: string, inputs: Inputs, present: readonly ArmResource<Properties>[]): void {
  const named = present.find(({ name }) => sameName(name, inputs.certificateName));
  const same = present.find(({ properties }) => publicBlob(properties.publicBlob) === inputs.publicKey);
  const existing = named ?? same;
  if (!existing) return;
  const isSame = publicBlob(existing.properties.publicBlob) === inputs.publicKey;
  throw new VisibleError(
    {
      doing,
      said: [
        named
          ? `a certificate of the name ${named.name} exists already, ${isSame ? "with the same public key" : "with another public key"}`
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
