import type { Advice } from "./advice";
import { existing } from "./existing";

const validity = (what: string): Advice => ({
  cause: `the certificate was made, but ${what}.`,
  remedy:
    "give an expiry in the future (certificateExpiry of an InstancePairing), set the clock of the server right, and run pulumi up: a new certificate is made and given to the endpoint.",
});
const noPrivateKey: Advice = {
  cause: "the certificate has no private key, so it cannot prove this server's identity.",
  remedy: "give the endpoint a certificate that was made on this server: SqlServerCertificate.",
};

/** About certificates and the master key. */
export const certificateNumbers: Readonly<Record<number, Advice>> = {
  15116: {
    cause: "the password is too short for the server's policy.",
    remedy: "give a longer one, and keep it in a safe place.",
  },
  15118: {
    cause:
      "the password is not complex enough for the server's policy: it wants letters of both cases, digits and other characters.",
    remedy: "give another one, and keep it in a safe place.",
  },
  15151: {
    cause: "the object is not there (any more), or the login may not see it.",
    remedy:
      "run pulumi refresh, then pulumi up, which makes what is gone. Where it is there: ALTER SERVER ROLE sysadmin ADD MEMBER [<login>], as an administrator.",
  },
  15187: {
    cause: "something still uses the certificate; mostly it is the mirroring endpoint.",
    remedy:
      "give what uses it another certificate first, or keep this one: SELECT e.name FROM sys.database_mirroring_endpoints e JOIN sys.certificates c ON c.certificate_id = e.certificate_id",
  },
  15208: {
    cause: "the certificate's file is not valid or not readable.",
    remedy: "correct the path, and let SQL Server's service account read it.",
  },
  15212: { cause: "the subject of the certificate is empty or too long.", remedy: "give a shorter subject." },
  15213: validity("it ends before it begins"),
  15214: validity("it has expired"),
  15215: validity("it is not valid yet"),
  15232: existing({
    because: "a certificate of that name, or with that very key, is in master already.",
    look: "SELECT c.name, c.thumbprint, e.name AS endpoint FROM sys.certificates c LEFT JOIN sys.database_mirroring_endpoints e ON e.certificate_id = c.certificate_id",
  }),
  15297: {
    cause: "the key is damaged or not a certificate.",
    remedy: "give DER as hexadecimal, or PEM; check it with: openssl x509 -inform der -text",
  },
  15299: {
    cause: "the signature of the certificate is not right.",
    remedy: "take the certificate from its source again.",
  },
  15315: {
    cause: "the key is not open, or cannot be opened with what was given.",
    remedy:
      "OPEN MASTER KEY DECRYPTION BY PASSWORD = '<password>'; ALTER MASTER KEY ADD ENCRYPTION BY SERVICE MASTER KEY",
  },
  15334: {
    cause: "the key has no encryption of that kind.",
    remedy:
      "OPEN MASTER KEY DECRYPTION BY PASSWORD = '<password>'; ALTER MASTER KEY ADD ENCRYPTION BY SERVICE MASTER KEY",
  },
  15342: noPrivateKey,
  15352: {
    cause: "something is signed or encrypted with the certificate.",
    remedy: "keep it, and let the state forget it: pulumi state delete <urn> (pulumi stack --show-urns)",
  },
  15559: {
    cause: "a login or user was made from the certificate.",
    remedy:
      "keep the certificate, and let the state forget it: pulumi state delete <urn> (pulumi stack --show-urns); the login: SELECT p.name FROM sys.server_principals p JOIN sys.certificates c ON c.sid = p.sid",
  },
  15563: noPrivateKey,
  15578: {
    cause: "there is a master key already.",
    remedy: "run pulumi up again: an existing key is used as it is.",
  },
  15580: {
    cause: "certificates or keys of master are encrypted by the master key.",
    remedy: "keep it, and let the state forget it: pulumi state delete <urn> (pulumi stack --show-urns)",
  },
  15581: {
    cause:
      "master has no database master key, which encrypts the certificate's private key; or the server cannot open the key by itself, as the service master key does not encrypt it.",
    remedy:
      "declare a MasterKey and let the certificate depend on it: it makes the key, or says how to mend the one that is there.",
  },
  33042: {
    cause: "a login is mapped to the certificate already.",
    remedy:
      "use that login: SELECT p.name FROM sys.server_principals p JOIN sys.certificates c ON c.sid = p.sid; or give the certificate another name.",
  },
  41963: {
    cause: "the certificate is in use for another feature of the managed instance.",
    remedy: "give a certificate of its own to the link: another certificateName, and a new SqlServerCertificate.",
  },
};
