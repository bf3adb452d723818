import assert from "node:assert/strict";
import { served } from "./served";

describe("RESTORE of what the lab has backed up", () => {
  const one = served();
  const { run, rows, refusal } = one;

  before(async () => {
    await run("BACKUP DATABASE db01 TO DISK = 'a.bak' WITH NAME = 'first', CHECKSUM");
    await run("BACKUP LOG db01 TO DISK = 'A.BAK'");
    await run("BACKUP DATABASE db01 TO DISK = 'a.bak' WITH COPY_ONLY");
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
    await run("BACKUP DATABASE db01 TO DISK = 'a.bak' WITH INIT");
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
    const request = one.pool.request();
    request.on("info", ({ number }) => said.push(Number(number)));
    await request.query("RESTORE VERIFYONLY FROM DISK = 'a.bak'");
    assert.deepEqual(said, [3262]);
  });

  it("refuses files and backups that are not there, and to restore", async () => {
    assert.deepEqual(await refusal("RESTORE HEADERONLY FROM DISK = 'nowhere.bak'"), [3201, 3013]);
    assert.deepEqual(await refusal("RESTORE FILELISTONLY FROM DISK = 'a.bak' WITH FILE = 9"), [4038, 3013]);
    assert.deepEqual(await refusal("RESTORE DATABASE copy FROM DISK = 'a.bak' WITH RECOVERY, REPLACE"), [50000]);
  });
});
