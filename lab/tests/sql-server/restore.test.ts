import assert from "node:assert/strict";
import type mssql from "mssql";
import { failure, serve } from "./served";

describe("RESTORE of what the lab has backed up", () => {
  let served: Awaited<ReturnType<typeof serve>>;
  let pool: mssql.ConnectionPool;
  const rows = async (text: string) => [...(await pool.query(text)).recordset].map((row) => ({ ...row }));

  before(async () => {
    served = await serve();
    pool = await served.connect();
    await pool.query("BACKUP DATABASE db01 TO DISK = 'a.bak' WITH NAME = 'first', CHECKSUM");
    await pool.query("BACKUP LOG db01 TO DISK = 'A.BAK'");
    await pool.query("BACKUP DATABASE db01 TO DISK = 'a.bak' WITH COPY_ONLY");
  });
  after(async () => {
    await pool.close();
    await served.close();
  });

  it("shows each backup in the file", async () => {
    const headers = await rows("RESTORE HEADERONLY FROM DISK = 'a.bak'");
    assert.deepEqual(
      headers.map((header) => [
        header.Position,
        header.BackupType,
        header.BackupName,
        header.IsCopyOnly,
        header.HasBackupChecksums,
      ]),
      [
        [1, 1, "first", false, true],
        [2, 2, null, false, false],
        [3, 1, null, true, false],
      ],
    );
    await pool.query("BACKUP DATABASE db01 TO DISK = 'a.bak' WITH INIT");
    assert.equal((await rows("RESTORE HEADERONLY FROM DISK = 'a.bak'")).length, 1);
  });

  it("shows the files of one, and says that it is valid", async () => {
    const files = await rows("RESTORE FILELISTONLY FROM DISK = 'a.bak'");
    assert.deepEqual(
      files.map(({ LogicalName, Type }) => [LogicalName, Type]),
      [
        ["db01", "D"],
        ["db01_log", "L"],
      ],
    );
    const said: number[] = [];
    const request = pool.request();
    request.on("info", ({ number }) => said.push(Number(number)));
    await request.query("RESTORE VERIFYONLY FROM DISK = 'a.bak'");
    assert.deepEqual(said, [3262]);
  });

  it("refuses files and backups that are not there, and to restore", async () => {
    assert.deepEqual(await failure(pool.query("RESTORE HEADERONLY FROM DISK = 'nowhere.bak'")), [3201, 3013]);
    assert.deepEqual(await failure(pool.query("RESTORE FILELISTONLY FROM DISK = 'a.bak' WITH FILE = 9")), [4038, 3013]);
    assert.deepEqual(
      await failure(pool.query("RESTORE DATABASE copy FROM DISK = 'a.bak' WITH RECOVERY, REPLACE")),
      [50000],
    );
  });
});
