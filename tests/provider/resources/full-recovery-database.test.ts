import assert from "node:assert/strict";
import { fullRecoveryDatabase } from "#provider/resources/full-recovery-database/lifecycle";
import { backupPath } from "#provider/sql-server/backup-path";
import { inLab, openSceneAnywhere } from "../sql-server/any-server-scene";
import { accepted, change, problemsOf, sqlServer, unknownEverywhere } from "../sql-server/check-and-diff";
import { hostileNames, type Scene } from "../sql-server/sql-server-scene";

describe("the arguments of FullRecoveryDatabase", () => {
  it("refuse system databases and names that none can have", () => {
    for (const databaseName of ["master", "MSDB", "model", "tempdb"]) {
      assert.match(
        problemsOf(fullRecoveryDatabase, { sqlServer, databaseName })[0] ?? "",
        /^databaseName must be a user database/,
      );
    }
    const problems = problemsOf(fullRecoveryDatabase, { databaseName: "", backupDisk: "a\nb" });
    assert.equal(problems.length, 3, problems.join("\n"));
  });

  it("make another resource of another database, and no new backup of another file", () => {
    const before = accepted(fullRecoveryDatabase, { sqlServer, databaseName: "db1", backupDisk: "a.bak" });
    assert.deepEqual(change(fullRecoveryDatabase, before, { ...before, databaseName: "db2" }), {
      replaces: ["databaseName"],
    });
    assert.equal(change(fullRecoveryDatabase, before, { ...before, databaseName: "DB1" }), "same");
    assert.equal(
      change(fullRecoveryDatabase, before, accepted(fullRecoveryDatabase, { sqlServer, databaseName: "db1" })),
      "same",
    );
  });

  it("may all be unknown in a preview", () =>
    unknownEverywhere(fullRecoveryDatabase, { sqlServer, databaseName: "db1", backupDisk: "a.bak" }));

  it("put the backup where SQL Server keeps its own, under a name that every file system takes", () => {
    assert.equal(backupPath("C:\\Backup", "db1"), "C:\\Backup\\db1_mi-link.bak");
    assert.equal(backupPath("/var/opt/mssql/data/", "db1"), "/var/opt/mssql/data/db1_mi-link.bak");
    assert.match(backupPath(undefined, "a/b'c]"), /^a_b_c__[0-9a-f]{8}_mi-link\.bak$/);
  });
});

// Safety B19
describe("the backups of databases whose names look alike to a file system", () => {
  /** Windows and many file shares don't tell letter cases apart, while a server's collation may. */
  const fileOf = (name: string) => backupPath("/data", name).toLowerCase();

  it("go into files of their own", () => {
    const names = ["a_b", "a/b", "a'b", "a]b", "a b", "A_b", "A_B", "n".repeat(101), "n".repeat(102)];
    assert.equal(new Set(names.map(fileOf)).size, names.length);
    for (const name of names) assert.match(backupPath("/data", name), /^\/data\/[\w.-]+$/);
  });
});

describe("FullRecoveryDatabase on a server", () => {
  let scene: Scene;
  before(async () => {
    scene = await openSceneAnywhere({ databases: 4, recoveryModel: "SIMPLE" });
  });
  after(() => scene.close());
  const resource = () => scene.resource("FullRecoveryDatabase", fullRecoveryDatabase);
  /** Of this database, and not of an earlier one of its name. */
  const backups = async (database: string) =>
    (
      await scene.query<{ n: number }>(
        `SELECT COUNT(*) AS n FROM msdb.dbo.backupset b JOIN sys.databases d ON d.name = b.database_name AND d.create_date = b.database_creation_date WHERE b.database_name = N'${database}'`,
      )
    )[0]?.n;

  it("sets FULL recovery and begins a log chain, once", async () => {
    const news = { sqlServer: scene.sqlServer, databaseName: "db1" };
    const made = await resource().create(news);
    assert.equal(made.outs.recoveryModel, "FULL");
    assert.match(String(made.outs.backupDisk), /db1_mi-link\.bak$/);
    assert.equal(await backups("db1"), 1);
    const again = await resource().create(news);
    assert.equal(again.outs.backupDisk, undefined);
    assert.equal(await backups("db1"), 1);
    assert.equal((await resource().read(made))?.drift, undefined);
    assert.equal(await resource().wants(made, news), "same");
    await resource().delete(made);
    assert.equal(await backups("db1"), 1);
    assert.equal((await resource().read(made))?.outs.recoveryModel, "FULL");
  });

  it("finds a broken chain, and backs up again", async () => {
    const news = { sqlServer: scene.sqlServer, databaseName: "db2", backupDisk: "mine.bak" };
    const made = await resource().create(news);
    await scene.query("ALTER DATABASE [db2] SET RECOVERY SIMPLE");
    const found = await resource().read(made);
    assert.match(String(found?.drift), /is SIMPLE, not FULL/);
    assert.ok(found);
    assert.equal(await resource().wants({ ...made, outs: found.outs }, news), "update");
    const repaired = await resource().update({ ...made, outs: found.outs }, news);
    assert.equal(repaired.outs.backupDisk, "mine.bak");
    assert.equal((await resource().read(repaired))?.drift, undefined);
    assert.equal(await backups("db2"), 2);
  });

  // Safety B12
  it("finds a database that is out of reach or cannot be written, and says how to bring it back", async () => {
    await scene.query("CREATE DATABASE [away]");
    const news = { sqlServer: scene.sqlServer, databaseName: "away" };
    const made = await resource().create(news);
    for (const [byHand, found, remedy, mend] of [
      ["SET OFFLINE", /is OFFLINE/, /ALTER DATABASE \[away\] SET ONLINE/, "SET ONLINE"],
      ["SET EMERGENCY", /is EMERGENCY/, /see the error log for what keeps it from coming online/, "SET ONLINE"],
      ["SET READ_ONLY", /is read-only/, /ALTER DATABASE \[away\] SET READ_WRITE/, "SET READ_WRITE"],
      ["SET AUTO_CLOSE ON", /closes automatically/, /SET AUTO_CLOSE OFF/, "SET AUTO_CLOSE OFF"],
    ] as const) {
      await scene.query(`ALTER DATABASE [away] ${byHand}`);
      const shown = await resource().read(made);
      assert.match(String(shown?.drift), found);
      await assert.rejects(resource().update({ ...made, outs: shown?.outs ?? {} }, news), remedy);
      await scene.query(`ALTER DATABASE [away] ${mend}`);
      assert.equal((await resource().read(made))?.drift, undefined);
    }
  });

  it("takes no copy-only backup for a chain", async () => {
    await scene.query("ALTER DATABASE [db3] SET RECOVERY FULL");
    await scene.query("BACKUP DATABASE [db3] TO DISK = N'copy.bak' WITH COPY_ONLY");
    await resource().create({ sqlServer: scene.sqlServer, databaseName: "db3" });
    assert.equal(await backups("db3"), 2);
  });

  inLab("backs up once when the answer is lost", async () => {
    scene.lab.faults.add({ on: "statement", matching: "BACKUP DATABASE", drop: "after" });
    const made = await resource().create({ sqlServer: scene.sqlServer, databaseName: "db4" });
    assert.match(String(made.outs.backupDisk), /db4_mi-link\.bak$/);
    assert.equal(await backups("db4"), 1);
  });

  inLab("refuses a database that is not there, and a file that can't be written", async () => {
    const message = await resource().refused({ sqlServer: scene.sqlServer, databaseName: "nowhere" });
    assert.match(message, /Likely cause: there is no database nowhere/);
    assert.match(message, /What to do: check databaseName/);
    await scene.query("CREATE DATABASE [unwritten]");
    scene.lab.faults.add({ on: "statement", matching: "BACKUP DATABASE", error: { number: 3201 } });
    const failed = await resource().refused({ sqlServer: scene.sqlServer, databaseName: "unwritten" });
    assert.match(failed, /3201/);
    assert.match(failed, /What to do: set backupDisk/);
  });

  it("is gone with its database", async () => {
    await scene.query("CREATE DATABASE [passing]");
    const made = await resource().create({ sqlServer: scene.sqlServer, databaseName: "passing" });
    await scene.query("DROP DATABASE [passing]");
    assert.equal(await resource().read(made), undefined);
    await resource().delete(made);
  });

  inLab("takes every name that a database may have", async () => {
    for (const databaseName of hostileNames) {
      await scene.query(`CREATE DATABASE [${databaseName.replaceAll("]", "]]")}]`);
      const before = await scene.objects();
      const made = await resource().create({ sqlServer: scene.sqlServer, databaseName });
      assert.equal((await resource().read(made))?.outs.databaseName, databaseName);
      assert.deepEqual(await scene.objects(), before);
    }
  });
});
