import assert from "node:assert/strict";
import { batch, loggedIn, type RawClient } from "../tds/raw-client";
import { password } from "./instance";
import { served } from "./served";

/** The DONE tokens of an answer that has no rows, as type, CurCmd and status. */
function dones(answer: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at < answer.length; ) {
    const token = answer.readUInt8(at);
    if (token === 0x79) {
      found.push(`returned ${answer.readInt32LE(at + 1)}`);
      at += 5;
    } else if (token >= 0xfd) {
      const name = { 253: "done", 254: "proc", 255: "in" }[token] ?? "";
      found.push(`${name} ${answer.readUInt16LE(at + 3).toString(16)} ${answer.readUInt16LE(at + 1).toString(16)}`);
      at += 13;
    } else {
      at += 3 + answer.readUInt16LE(at + 1);
    }
  }
  return found;
}

describe("what a DONE says of its statement", () => {
  const one = served();
  let client: RawClient;
  const sent = async (text: string): Promise<string[]> => {
    client.send(0x01, batch(text));
    return dones(await client.message());
  };

  before(async () => {
    client = await loggedIn(one.server.instance.tdsPort, { password, database: "db01" });
  });
  after(() => client.end());

  it("is which one it was, so that a driver can tell rows that changed from rows that were read", async () => {
    assert.deepEqual(await sent("CREATE TABLE t (a int); INSERT t VALUES (1), (2); UPDATE t SET a = 3; DELETE t"), [
      "done c6 1",
      "done c3 11",
      "done c5 11",
      "done c4 10",
    ]);
    assert.deepEqual(await sent("BEGIN TRAN; COMMIT; DECLARE @a int; SELECT @a = 1"), [
      "done d4 1",
      "done d5 1",
      "done c1 10",
    ]);
    assert.deepEqual(await sent("SELECT 1 AS a INTO u; DROP TABLE u"), ["done c2 11", "done c7 0"]);
    assert.deepEqual(await sent("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Pa55-word!'; DROP MASTER KEY"), [
      "done 19b 1",
      "done 19c 0",
    ]);
  });

  it("is that it was in a procedure, which ends with its return status", async () => {
    const insert = "EXEC sp_executesql N'INSERT t VALUES (1)'";
    assert.deepEqual(await sent(`${insert}; DELETE t`), ["in c3 11", "returned 0", "proc e0 1", "done c4 10"]);
    assert.deepEqual(await sent(`EXEC sp_executesql N'${insert.replaceAll("'", "''")}; DELETE t'`), [
      "in c3 11",
      "in c4 11",
      "returned 0",
      "proc e0 0",
    ]);
  });

  it("is an error alone where there is no such procedure", async () => {
    assert.deepEqual(await sent("EXEC missing"), ["done e0 2"]);
  });
});
