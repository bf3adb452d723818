import assert from "node:assert/strict";
import { createConnection, createServer, type Server } from "node:net";
import { type CompleteSqlServer, complete } from "#provider/arguments/sql-server-settings";
import { isFailure, VisibleError } from "#provider/errors/visible-error";
import { connect, disconnectAll } from "#provider/sql-server/connection";
import { connectionFailure } from "#provider/sql-server/failure";
import { openScene, type Scene } from "./sql-server-scene";

// Safety B14: numbers decide, in whatever language the server speaks. Safety B10: what a refused config: password means.
describe("a login that SQL Server refuses", () => {
  let scene: Scene;
  let target: CompleteSqlServer;
  before(async () => {
    scene = await openScene();
    target = complete(scene.sqlServer);
  });
  after(() => scene.close());
  afterEach(async () => {
    scene.lab.faults.clear();
    await disconnectAll();
  });

  async function refusal(change: Partial<CompleteSqlServer> = {}): Promise<VisibleError> {
    const server = { ...target, ...change };
    try {
      await connect(server, String(server.password), new AbortController().signal);
    } catch (error) {
      assert.ok(error instanceof VisibleError, String(error));
      return error;
    }
    throw new assert.AssertionError({ message: "it was let in" });
  }

  /** Texts of the server's own, in German: nothing in them is English. */
  const refusals: readonly (readonly [number: number, text: string, cause: RegExp, remedy: RegExp])[] = [
    [18456, "Fehler bei der Anmeldung für den Benutzer 'sa'.", /wrong user or password/, /sqlServer\.user/],
    [
      18452,
      "Fehler bei der Anmeldung. Die Anmeldung stammt aus einer nicht vertrauenswürdigen Domäne.",
      /Windows domain/,
      /Ntlm/,
    ],
    [
      18470,
      "Fehler bei der Anmeldung für den Benutzer 'sa'. Ursache: Das Konto ist deaktiviert.",
      /disabled/,
      /ENABLE/,
    ],
    [18486, "Fehler bei der Anmeldung für den Benutzer 'sa'. Das Konto ist zurzeit gesperrt.", /locked/, /UNLOCK/],
    [18487, "Fehler bei der Anmeldung für den Benutzer 'sa'. Das Kennwort ist abgelaufen.", /expired/, /OLD_PASSWORD/],
    [
      18488,
      "Fehler bei der Anmeldung für den Benutzer 'sa'. Das Kennwort muss geändert werden.",
      /must be changed/,
      /sqlcmd/,
    ],
    [4060, "Die von der Anmeldung angeforderte Datenbank kann nicht geöffnet werden.", /may not open/, /sysadmin/],
    [4064, "Die Standarddatenbank des Benutzers kann nicht geöffnet werden.", /default database/, /DEFAULT_DATABASE/],
    [18461, "Der Server befindet sich im Einzelbenutzermodus.", /single-user/, /wait/],
    [50000, "Die Anmeldung wurde durch einen Trigger verhindert.", /refused the login/, /error log/],
  ];
  for (const [number, text, cause, remedy] of refusals) {
    it(`is told by its number: ${number}, with its text in German`, async () => {
      scene.lab.faults.add({ on: "login", matching: "^sa$", times: "always", error: { number, severity: 14, text } });
      const error = await refusal();
      assert.deepEqual(error.codes, [number]);
      assert.deepEqual(error.failure.said, [`SQL Server error ${number}: ${text}`]);
      assert.match(error.failure.cause ?? "", cause);
      assert.match(error.failure.remedy ?? "", remedy);
    });
  }

  it("is told with the cause before the consequence, each number once however often the driver tried", () => {
    const refusals = [4060, 18456, 4060, 18456].map((number) => ({ number, message: `Text von ${number}` }));
    const thrown = Object.assign(new Error("Text von 18456"), { code: "ELOGIN", refusals });
    const { codes, failure } = connectionFailure(target, thrown, new AbortController().signal);
    assert.deepEqual(codes, [4060, 18456]);
    assert.match(failure.cause ?? "", /may not open the database/);
  });

  it("is told by its number too where it meets a statement, whose connection had to be opened again", async () => {
    const server = await connect(target, String(target.password), new AbortController().signal);
    scene.lab.faults.add({ on: "statement", matching: "AS again", drop: "before" });
    scene.lab.faults.add({
      on: "login",
      times: "always",
      error: { number: 18470, severity: 14, text: "Das Konto ist deaktiviert." },
    });
    await assert.rejects(
      server.query("read", { text: "SELECT 1 AS again" }),
      (error) => isFailure(error, 18470) && /the login is disabled[\s\S]*ENABLE/.test(error.message),
    );
  });

  it("names --run-program where the password comes from the configuration, which the state keeps", async () => {
    const wrong = { password: "Wrong-password-1" };
    const message = (await refusal({ ...wrong, credential: "config:sqlServerPassword" })).message;
    assert.match(message, /What to do: .*pulumi refresh --run-program.*pulumi destroy --run-program.*env:/);
    for (const credential of ["env:SQL_PASSWORD", "file:/run/secrets/sql", undefined])
      assert.doesNotMatch((await refusal({ ...wrong, credential })).message, /run-program/, credential);
  });
});

describe("a TLS connection that does not come about", () => {
  let scene: Scene;
  const others: Server[] = [];
  before(async () => {
    scene = await openScene();
  });
  after(async () => {
    for (const other of others) other.close();
    await scene.close();
  });

  async function failure(change: Record<string, unknown>): Promise<string> {
    const server = complete({ ...scene.sqlServer, ...change });
    try {
      await connect(server, String(server.password), new AbortController().signal);
    } catch (error) {
      return (error as Error).message;
    }
    throw new assert.AssertionError({ message: "it came about" });
  }

  it("for want of trust is a matter of caFile", async () => {
    assert.match(await failure({ caFile: undefined }), /UNABLE_TO_VERIFY_LEAF_SIGNATURE[\s\S]*What to do: .*caFile/);
  });

  it("for another name in the certificate is no matter of caFile: the names are listed", async () => {
    // Any host on the loopback network is this machine, and not in the certificate.
    const [host, port] = await forwarded("127.0.0.77", scene);
    const message = await failure({ host, port });
    assert.match(
      message,
      /ERR_TLS_CERT_ALTNAME_INVALID: .*127\.0\.0\.77[\s\S]*The certificate is for: .*DNS:localhost/,
    );
    assert.match(message, /Likely cause: .*other names than sqlServer\.host/);
    assert.match(message, /What to do: .*one of the names in the certificate.*trustServerCertificate/);
    assert.doesNotMatch(message, /caFile/);
  });

  it("because something else answers, or without encryption, is a matter of the port and of encrypt", async () => {
    const mail = createServer((socket) => {
      socket.on("error", () => {});
      socket.end("220 mail.example.com ESMTP\r\n");
    });
    others.push(mail);
    await new Promise<void>((resolve) => mail.listen(0, "127.0.0.1", resolve));
    const { port } = mail.address() as { port: number };
    const message = await failure({ host: "127.0.0.1", port, encrypt: "strict" });
    assert.match(message, /ERR_SSL_WRONG_VERSION_NUMBER/);
    assert.match(message, /What to do: .*sqlcmd.*encrypt/);
    assert.doesNotMatch(message, /caFile/);
  });

  /** The SQL Server under another address of this machine. */
  async function forwarded(host: string, { lab }: Scene): Promise<readonly [string, number]> {
    const [server] = lab.ready.sqlServers;
    assert.ok(server);
    const forwarder = createServer((socket) => {
      const there = createConnection({ host: server.host, port: server.port });
      socket.on("error", () => there.destroy());
      there.on("error", () => socket.destroy());
      socket.pipe(there).pipe(socket);
    });
    others.push(forwarder);
    await new Promise<void>((resolve) => forwarder.listen(0, host, resolve));
    return [host, (forwarder.address() as { port: number }).port];
  }
});
