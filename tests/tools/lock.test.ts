import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withLock } from "#tools/setup/lock";

describe("a lock", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "mi-link-lock-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("lets one work at a time", async () => {
    const lock = join(folder, "one");
    let inside = 0;
    let most = 0;
    const work = () =>
      withLock(lock, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await sleep(20);
        inside -= 1;
        return "done";
      });
    assert.deepEqual(await Promise.all([work(), work(), work()]), ["done", "done", "done"]);
    assert.equal(most, 1);
  }).timeout(20_000);

  it("is given back when the work fails", async () => {
    const lock = join(folder, "failing");
    await assert.rejects(
      withLock(lock, () => Promise.reject(new Error("no disk"))),
      /no disk/,
    );
    assert.equal(existsSync(lock), false);
  });

  it("is taken over from a process that was killed", async () => {
    const gone = spawn(process.execPath, ["--version"]);
    await once(gone, "exit");
    const lock = join(folder, "abandoned");
    await mkdir(lock);
    await writeFile(join(lock, "owner"), String(gone.pid));
    assert.equal(await withLock(lock, async () => "taken over"), "taken over");
    assert.equal(existsSync(lock), false);
  });
});
