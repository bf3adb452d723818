import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { request, statement } from "./calls";
import { cellsOf } from "./killed-run";
import { killAll, leftAfterKill } from "./process-tree";

describe("the moments in which a run is killed", () => {
  const read = statement("SELECT name FROM sys.certificates");
  const create = statement("CREATE CERTIFICATE [x] WITH SUBJECT = N'x'");
  const put = request(
    "PUT",
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/managedInstances/m/databases/d",
  );

  it("are two for each change, and one for all reads that follow on it", () => {
    assert.deepEqual(
      cellsOf([read, create, read, read, put, create, read]).map(
        ({ title, nth, moment, isLast }) => `${title.slice(0, 6)} ${nth} ${moment}${isLast ? ", the last" : ""}`,
      ),
      [
        "CREATE 1 before its answer",
        "CREATE 1 after its answer",
        "CREATE 1 after the reads that follow",
        "PUT ma 1 before its answer",
        "PUT ma 1 after its answer",
        "CREATE 2 before its answer, the last",
        "CREATE 2 after its answer, the last",
        "CREATE 2 after the reads that follow, the last",
      ],
    );
  });

  it("tell a change from a read that only names one", () => {
    const reads = ["SELECT N'DROP' AS [CREATE], create_date FROM sys.databases", "SET LOCK_TIMEOUT 1"].map(statement);
    const changes = [
      "IF 1 = 1 EXEC sys.sp_dropextendedproperty @name = N'x'",
      "DECLARE @root int = 1; EXEC sp_certificate_add_issuer @root, N'*'",
      "BEGIN TRANSACTION; DROP CERTIFICATE [x]; COMMIT",
    ].map(statement);
    assert.deepEqual(
      [...reads, ...changes, request("POST", "/t/oauth2/v2.0/token"), put].map((call) => call.changes),
      [false, false, true, true, true, false, true],
    );
  });

  it("have the same titles in every run: addresses, keys and long values are left out", () => {
    const title = (host: string, key: string, note: string) =>
      statement(`EXEC p @url = N'TCP://${host}:5022', @key = 0x${key},\n @value = N'${note}', @name = N'short'`).title;
    assert.equal(
      title("127.0.3.11", "00112233445566778899", "{".repeat(100)),
      title("127.0.254.11", "99887766554433221100aa", "}".repeat(120)),
    );
    assert.match(title("127.0.3.11", "00112233445566778899", "{".repeat(100)), /^EXEC p @url = N'TCP:.*N'short'$/);
  });
});

describe("a process tree", () => {
  it("is killed whole: also what has left its process group", async () => {
    const marker = `marker-${process.pid}-${Date.now()}`;
    const program = `require("node:child_process").spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
      console.log("begun"); setTimeout(() => {}, 60_000)`;
    const parent = spawn(process.execPath, ["-e", program], { env: { ...process.env, MARKER: marker } });
    await once(parent.stdout, "data");
    assert.equal(killAll(marker), 2);
    assert.deepEqual(await leftAfterKill(marker), []);
    assert.equal(killAll(marker), 0);
  });
});
