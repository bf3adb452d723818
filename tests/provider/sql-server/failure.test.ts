import assert from "node:assert/strict";
import { createServer } from "node:net";
import { isFailure } from "#provider/errors/visible-error";
import { connect } from "#provider/sql-server/connection";
import { isConnectionLoss, serverFailure } from "#provider/sql-server/failure";

const server = {
  host: "127.0.0.1",
  port: 1,
  user: "sa",
  authentication: "SqlPassword",
  encrypt: "mandatory",
  trustServerCertificate: false,
} as const;
const signal = () => new AbortController().signal;

/** As mssql throws: the last error, the ones before in a list. */
function thrown(numbers: readonly (number | string)[]): Error {
  const errors = numbers.map((number) => Object.assign(new Error(`text of ${number}`), { number, code: "EREQUEST" }));
  return Object.assign(errors.at(-1) ?? new Error("none"), { precedingErrors: errors.slice(0, -1) });
}

describe("failures of SQL Server", () => {
  it("keep all errors of a batch, the cause before the consequence, and advise on the cause", () => {
    const failure = serverFailure("create the group on s1", thrown([35244, 41152]), signal());
    assert.match(
      failure.message,
      /^Could not create the group on s1\.\n {2}SQL Server error 35244: text of 35244\n {2}SQL Server error 41152/,
    );
    assert.match(failure.message, /Likely cause: the database is in another availability group/);
    assert.ok(isFailure(failure, 41152));
  });

  it("say the same error once", () => {
    const { message } = serverFailure("do it", thrown([15151, 15151]), signal());
    assert.equal(message.match(/15151: /g)?.length, 1);
  });

  it("tell a lost connection from an answer, also where the driver gives its code as the number", () => {
    assert.ok(
      isConnectionLoss(Object.assign(new Error("socket hang up"), { code: "ECONNRESET", number: "ECONNRESET" })),
    );
    assert.ok(!isConnectionLoss(Object.assign(new Error("deadlock"), { code: "EREQUEST", number: 1205 })));
    const { message } = serverFailure(
      "do it",
      Object.assign(new Error("socket hang up"), { code: "ECONNRESET", number: "ECONNRESET" }),
      signal(),
    );
    assert.match(message, /\n {2}ECONNRESET: socket hang up/);
  });

  it("name what the network said, however often the driver wraps it", async () => {
    await assert.rejects(
      connect(server, "x", signal()),
      /ECONNREFUSED: connect ECONNREFUSED[\s\S]*nothing listens there[\s\S]*sqlcmd/,
    );
    await assert.rejects(connect({ ...server, host: "no-such-host.invalid" }, "x", signal()), /ENOTFOUND|EAI_AGAIN/);
  });

  it("are not taken for TLS problems because of a host's name", async () => {
    await assert.rejects(connect({ ...server, host: "certificate.invalid" }, "x", signal()), /nslookup|name server/);
  });

  it("point at the port when somebody else answers there", async () => {
    const other = createServer((socket) => socket.end("220 mail.example.com ESMTP\r\n"));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    assert.ok(typeof address === "object" && address);
    await assert.rejects(
      connect({ ...server, port: address.port }, "x", signal()),
      /Likely cause: [\s\S]*What to do: /,
    );
    other.close();
  });
});
