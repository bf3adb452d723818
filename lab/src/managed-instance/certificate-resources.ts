import { X509Certificate } from "node:crypto";
import { nameKey } from "../sql-server/names";
import { ArmError, childNotFound } from "./arm-error";
import { thumbprint } from "./azure-pki";
import { accepted, type Call, ok, propertiesOf, type Reply, textOf } from "./exchange";
import { type ManagedInstance, resourceId, type TrustCertificate } from "./managed-instance";
import type { OperationFailure } from "./operations";

const operationType = "serverTrustCertificates";

export function listTrustCertificates({ instance }: Call): Reply {
  return ok({
    value: [...instance.trustCertificates.values()].map((certificate) => trustResource(certificate, instance)),
  });
}

export function getTrustCertificate({ instance, name }: Call): Reply {
  const certificate = instance.trustCertificates.get(nameKey(name));
  if (!certificate) throw childNotFound("serverTrustCertificates", name);
  return ok(trustResource(certificate, instance));
}

export function putTrustCertificate(call: Call): Reply {
  const { instance, name } = call;
  refuseBlank(name);
  const certificate = { name, der: derOfBlob(textOf(propertiesOf(call.body).publicBlob)) };
  const result = () => trustResource(certificate, instance);
  return accepted(
    call,
    operationType,
    "UploadManagedInstanceServerTrustCertificate",
    () => upload(certificate, instance),
    result,
  );
}

export function deleteTrustCertificate(call: Call): Reply {
  const { instance, name } = call;
  refuseBlank(name);
  if (!instance.trustCertificates.has(nameKey(name))) return { status: 204 };
  return accepted(call, operationType, "DeleteManagedInstanceServerTrustCertificate", () => {
    instance.trustCertificates.delete(nameKey(name));
    return undefined;
  });
}

function refuseBlank(name: string): void {
  if (name.trim() === "")
    throw new ArmError(400, "MissingCertificateName", "Certificate name is missing in the request.");
}

/** Accepts the same name with the same blob again: it is there already. Anything else that repeats fails. */
function upload(certificate: TrustCertificate, { trustCertificates }: ManagedInstance): OperationFailure | undefined {
  const others = [...trustCertificates.values()];
  const named = trustCertificates.get(nameKey(certificate.name));
  if (named?.der.equals(certificate.der)) return undefined;
  if (named || others.some(({ der }) => der.equals(certificate.der))) {
    return {
      code: "CertificateAlreadyExists",
      message:
        "A certificate with a given name already exists or this certificate already has been added to the database.",
    };
  }
  trustCertificates.set(nameKey(certificate.name), certificate);
  return undefined;
}

function derOfBlob(blob: string): Buffer {
  if (blob === "") throw new ArmError(400, "MissingPublicBlob", "Public blob is missing in the request.");
  const digits = blob.replace(/^0x/i, "");
  const der = Buffer.from(digits, "hex");
  if (der.length * 2 !== digits.length) throw invalidBlob();
  try {
    const { raw } = new X509Certificate(der);
    if (!raw.equals(der)) throw invalidBlob();
  } catch {
    throw invalidBlob();
  }
  return der;
}

function invalidBlob(): ArmError {
  return new ArmError(
    400,
    "InvalidPublicBlob",
    "Invalid public blob specified, reason: 'Cannot find the requested object.\r\n'.",
  );
}

function trustResource({ name, der }: TrustCertificate, instance: ManagedInstance): object {
  return {
    properties: { publicBlob: hexadecimal(der), thumbprint: thumbprint(der), certificateName: name },
    ...child("serverTrustCertificates", name, instance),
  };
}

const endpointTypes = ["SERVICE_BROKER", "DATABASE_MIRRORING"];

export function listEndpointCertificates({ instance }: Call): Reply {
  return ok({ value: endpointTypes.map((type) => endpointResource(type, instance)) });
}

export function getEndpointCertificate({ instance, name }: Call): Reply {
  const type = endpointTypes.find((known) => known === name.toUpperCase());
  if (!type) throw childNotFound("endpointCertificates", name);
  return ok(endpointResource(type, instance));
}

/** The resource of either endpoint: both show the same certificate, in hexadecimal without a prefix. */
function endpointResource(type: string, instance: ManagedInstance): object {
  return {
    properties: { publicBlob: hexadecimal(instance.endpointCertificate.der) },
    ...child("endpointCertificates", type, instance),
  };
}

export function child(
  type: string,
  name: string,
  instance: ManagedInstance,
): { id: string; name: string; type: string } {
  return { id: `${resourceId(instance)}/${type}/${name}`, name, type: `Microsoft.Sql/managedInstances/${type}` };
}

function hexadecimal(der: Buffer): string {
  return der.toString("hex").toUpperCase();
}
