// Safety B16
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificateAuthority } from "#lab/certificate-authority";
import { type Lab, startLab } from "#lab/index";
import { createSelfSigned } from "#lab/sql-server/certificates/self-signed";
import { type DynamicProviderServer, startDynamicProviderServer } from "../../support/dynamic-provider";
import { placeIn } from "../ten-resources";

/** A proxy as companies have it: CONNECT, and everything behind it is passed on as it is. */
async function startProxy(): Promise<{ readonly url: string; readonly asked: string[]; close(): void }> {
  const asked: string[] = [];
  const server: Server = createServer((_, response) => response.writeHead(405).end());
  server.on("connect", ({ url = "" }, client, head) => {
    asked.push(url);
    const { hostname, port } = new URL(`http://${url}`);
    const there = connect(Number(port), hostname, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      there.write(head);
      there.pipe(client).pipe(there);
    });
    there.on("error", () => client.destroy());
    client.on("error", () => there.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

describe("the certificate authority of mi-link:caFile", function () {
  this.timeout(60_000);
  let lab: Lab;
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  let server: DynamicProviderServer | undefined;
  before(async () => {
    lab = await startLab();
  });
  beforeEach(async () => {
    proxy = await startProxy();
  });
  afterEach(async () => {
    await server?.stop("SIGKILL");
    proxy.close();
  });
  after(() => lab.close());

  /** In a process of its own, as the library reads NO_PROXY once. */
  async function upload(certificateName: string, env: Record<string, string>, caFile?: string): Promise<string> {
    const { config, managedInstanceId } = placeIn(lab.ready);
    const { der } = await createSelfSigned({
      subject: certificateName,
      notBefore: new Date(),
      notAfter: new Date(Date.now() + 86_400_000),
    });
    server = await startDynamicProviderServer({ env: { NO_PROXY: "", NODE_EXTRA_CA_CERTS: "", ...env } });
    await server.configure(caFile === undefined ? config : { ...config, "mi-link:caFile": caFile });
    const { inputs, failures } = await server.check(
      {},
      {
        managedInstanceId,
        certificateName,
        publicKey: der.toString("hex"),
        __provider: 'exports.handler=()=>require("pulumi-mi-link/dynamic").handler("TrustCertificate")',
      },
    );
    assert.deepEqual(failures, []);
    return (await server.create(inputs)).id;
  }
  const host = () => new URL(placeIn(lab.ready).config["mi-link:armEndpoint"] ?? "").host;

  it("holds behind HTTPS_PROXY, for signing in and for every request", async () => {
    assert.equal(await upload("Behind", { HTTPS_PROXY: proxy.url }), "sqlmi1/Behind");
    assert.ok(proxy.asked.length >= 2, "the sign-in service and Azure Resource Manager have agents of their own");
    assert.deepEqual(new Set(proxy.asked), new Set([host()]));
  });

  it("holds past the proxy for what NO_PROXY names", async () => {
    assert.equal(await upload("Past", { HTTPS_PROXY: proxy.url, NO_PROXY: "127.0.0.1" }), "sqlmi1/Past");
    assert.deepEqual(proxy.asked, []);
  });

  it("is asked for when another one is named", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mi-link-test-"));
    const other = join(folder, "ca.pem");
    await writeFile(other, (await createCertificateAuthority()).pem);
    await assert.rejects(
      upload("Nowhere", { HTTPS_PROXY: proxy.url }, other),
      /TLS certificate of Azure's endpoint is not trusted here[\s\S]*mi-link:caFile/,
    );
    await rm(folder, { recursive: true });
  });
});
