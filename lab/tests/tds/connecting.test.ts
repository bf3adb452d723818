import assert from "node:assert/strict";
import { listen } from "#lab/tds/listener";

import { connect, select, startServer, type TestServer } from "./backend";

const long = { name: "nvarchar", length: "max" } as const;
type Encrypt = boolean | "strict";

/** mssql's driver knows "strict", its types do not. */
function encrypted(encrypt: Encrypt, ca: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { encrypt, cryptoCredentialsDetails: { ca }, ...more };
}

async function failure(work: Promise<unknown>): Promise<Error & { code?: string; originalError?: Error }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("it should have failed");
}

describe("connecting to the TDS listener", () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(() => server.listener.close());

  for (const encrypt of [false, true, "strict"] as const) {
    for (const packetSize of [512, 4096, 32767]) {
      it(`carries 60,000 characters both ways with encrypt ${encrypt} and packets of ${packetSize} bytes`, async () => {
        server.answer = ({ text, sink }) => select(sink, [text], [{ name: "echo", type: long, nullable: true }]);
        const pool = await connect(server.config(encrypted(encrypt, server.ca, { packetSize })));
        try {
          const statement = `select '${"\u00e4\u20ac\u{1f600}x".repeat(12_000)}'`;
          assert.equal((await pool.request().batch(statement)).recordset[0].echo, statement);
          assert.equal((await pool.request().query(statement)).recordset[0].echo, statement);
        } finally {
          await pool.close();
        }
      });
    }
  }

  it("tells the backend who logs in, with every character of the password", async () => {
    const pool = await connect(server.config({ appName: "an application" }));
    await pool.close();
    const login = server.logins[0];
    assert.deepEqual(
      [login?.user, login?.database, login?.applicationName, login?.client.address],
      ["sa", "master", "an application", "127.0.0.1"],
    );
  });

  it("shows a certificate that a client checks against its authority", async () => {
    const untrusted = await failure(connect(server.config({ encrypt: true })));
    assert.match(untrusted.message, /unable to verify|self-signed|unable to get local issuer/);
    const pool = await connect(server.config({ encrypt: true, trustServerCertificate: true }));
    await pool.close();
  });

  it("shakes hands in one answer per question, however long its chain of certificates is", async () => {
    const chained = await startServer({ chained: 60 });
    try {
      const pool = await connect(chained.config(encrypted(true, chained.ca)));
      await pool.close();
    } finally {
      await chained.listener.close();
    }
  });

  it("refuses clients without encryption where it is forced", async () => {
    const forced = await startServer({ forceEncryption: true });
    try {
      assert.match((await failure(connect(forced.config()))).message, /Server requires encryption/);
      const pool = await connect(forced.config(encrypted(true, forced.ca)));
      await pool.close();
      assert.equal(
        forced.logins.every((login) => login.user === "sa"),
        true,
      );
    } finally {
      await forced.listener.close();
    }
  });

  for (const encrypt of [false, true, "strict"] as const) {
    it(`refuses a wrong password with 18456 and hangs up (encrypt ${encrypt})`, async () => {
      const error = await failure(connect(server.config(encrypted(encrypt, server.ca), { password: "wrong" })));
      assert.equal(error.code, "ELOGIN");
      assert.equal(error.message, "Login failed for user 'sa'.");
    });
  }

  it("rejects where the address is taken or the certificate is none", async () => {
    const backend = { serverName: "x", version: "16", forceEncryption: false, login: async () => ({ errors: [] }) };
    const { host, port } = server.listener;
    const { key, cert } = server;
    await assert.rejects(listen({ backend, host, port, tls: { key, cert } }), /EADDRINUSE/);
    await assert.rejects(listen({ backend, host, port: 0, tls: { key, cert: "none" } }), /PEM|start line/);
  });
});
