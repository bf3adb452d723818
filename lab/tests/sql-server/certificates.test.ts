import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { parseCertificate } from "#lab/sql-server/certificates/parse";
import { createSelfSigned } from "#lab/sql-server/certificates/self-signed";
import { certificateFile } from "./instance";

const recorded = certificateFile("sqlserver_selfsigned_jeje.der");

describe("certificates that the lab's SQL Server makes", () => {
  it("have the shape of a real one, byte for byte but for serial number, key and signature", async () => {
    const { notBefore, notAfter } = parseCertificate(recorded);
    const { der } = await createSelfSigned({ subject: "jeje", notBefore, notAfter });
    assert.equal(der.length, recorded.length);
    assert.deepEqual(withoutSecrets(der), withoutSecrets(recorded));
  });

  it("verify with their own key in Node and in OpenSSL", async () => {
    const notBefore = new Date("2026-01-02T03:04:05Z");
    const { der, privateKey } = await createSelfSigned({
      subject: "Certificate for Cert_a_endpoint",
      notBefore,
      notAfter: new Date("2030-03-30T00:00:00Z"),
    });
    const certificate = new X509Certificate(der);
    assert.ok(certificate.verify(certificate.publicKey));
    assert.ok(certificate.checkPrivateKey(privateKey));
    assert.equal(certificate.subject, "CN=Certificate for Cert_a_endpoint");
    const text = execFileSync("openssl", ["x509", "-inform", "DER", "-noout", "-subject", "-dates"], {
      input: der,
    }).toString();
    assert.match(text, /Certificate for Cert_a_endpoint/);
    assert.match(text, /notAfter=Mar 30 00:00:00 2030 GMT/);
  });

  it("hold a subject outside of ASCII, and dates after 2049", async () => {
    const request = {
      subject: "Zertifikat für Käse ☃",
      notBefore: new Date("2026-01-01T00:00:00Z"),
      notAfter: new Date("2099-12-31T00:00:00Z"),
    };
    const { der } = await createSelfSigned(request);
    const fields = parseCertificate(der);
    assert.equal(fields.subject, request.subject);
    assert.deepEqual(fields.notAfter, request.notAfter);
  });
});

describe("parseCertificate", () => {
  it("reads a real certificate of SQL Server", () => {
    const fields = parseCertificate(recorded);
    assert.equal(fields.subject, "jeje");
    assert.equal(fields.issuer, "jeje");
    assert.equal(fields.serialNumber, "30 f9 74 b5 fb f8 d0 97 4f ec e3 dd 42 a5 88 35");
    assert.equal(fields.notAfter.toISOString(), "2030-12-12T00:00:00.000Z");
    assert.equal(fields.keyLength, 2048);
    assert.equal(
      fields.thumbprint.toString("hex").toUpperCase(),
      new X509Certificate(recorded).fingerprint.replaceAll(":", ""),
    );
  });

  it("reads the names of a managed instance's certificate in their own order", () => {
    const { subject, issuer } = parseCertificate(certificateFile("azure_mi_endpoint_DATABASE_MIRRORING.der"));
    assert.equal(subject, "US, WA, Redmond, Microsoft Corporation, 1e6d90da5016.database.windows.net");
    assert.equal(issuer, "US, Microsoft Corporation, Microsoft Azure TLS Issuing CA 01");
  });

  for (const [what, bytes] of [
    ["nothing", Buffer.alloc(0)],
    ["the first bytes of one", recorded.subarray(0, 4)],
    ["one that was cut", recorded.subarray(0, -1)],
    ["one with a byte too many", Buffer.concat([recorded, Buffer.from([0])])],
    ["PEM", Buffer.from(new X509Certificate(recorded).toString())],
    ["another structure", Buffer.from("3003020101", "hex")],
  ] as const) {
    it(`refuses ${what}`, () => assert.throws(() => parseCertificate(bytes)));
  }
});

/** Takes out what is random: serial number (15..31), public key (the 270 bytes before the last two fields) and signature. */
function withoutSecrets(der: Buffer): string[] {
  return [der.subarray(0, 15), der.subarray(31, 136), der.subarray(401, 426)].map((part) => part.toString("hex"));
}
