import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveSecret } from "#provider/arguments/password";

describe("a password in a file", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "mi-link-password-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const password = "Sésame;'  1 ";
  for (const [how, bytes] of [
    ["by an editor", Buffer.from(`${password}\n`)],
    ["by an editor on Windows, with a byte order mark", Buffer.from(`\ufeff${password}\r\n`)],
    ["by > in Windows PowerShell: UTF-16", Buffer.from(`\ufeff${password}\r\n`, "utf16le")],
    ["by printf", Buffer.from(password)],
  ] as const)
    it(`is the same one, written ${how}`, async () => {
      const file = join(folder, "password");
      await writeFile(file, bytes);
      assert.equal(await resolveSecret({ credential: `file:${file}` }, "of sa", () => undefined), password);
    });
});
