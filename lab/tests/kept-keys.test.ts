import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const keyPair = join(__dirname, "..", "src", "sql-server", "certificates", "key-pair.js");
const program = `Promise.all([1, 2, 3].map(require(process.argv[1]).getKeyPair)).then((pairs) =>
  console.log(pairs.map(({ publicKey }) => publicKey.export({ format: "jwk" }).n).sort().join(" ")))`;

describe("keys that the labs of tests keep", () => {
  const folder = mkdtempSync(join(tmpdir(), "mi-link-keys-"));
  after(() => rmSync(folder, { recursive: true }));
  const keysOf = (env: NodeJS.ProcessEnv) =>
    execFileSync(process.execPath, ["-e", program, keyPair], { encoding: "utf8", env: { ...process.env, ...env } });

  it("are had again by the next process, each once, and by none that was not told of them", () => {
    const made = keysOf({ MI_LINK_LAB_KEYS: folder });
    assert.equal(new Set(made.trim().split(" ")).size, 3);
    assert.equal(keysOf({ MI_LINK_LAB_KEYS: folder }), made);
    assert.notEqual(keysOf({ MI_LINK_LAB_KEYS: undefined }), made);
  });
});
