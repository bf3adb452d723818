import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runCli } from "../support/command-line";
import { repositoryRoot } from "../support/repository";

const provider = join(repositoryRoot, "provider");
const { bin } = JSON.parse(readFileSync(join(provider, "package.json"), "utf8"));

describe("the command mi-link of the package", function () {
  this.timeout(30_000);

  it("is a file that is packed, and that a shell can run", () => {
    const packed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: provider,
      encoding: "utf8",
      stdio: "pipe",
      shell: process.platform === "win32",
    });
    const [{ files }]: [{ files: readonly { path: string }[] }] = JSON.parse(packed);
    const main = bin["mi-link"].replace("./", "");
    assert.ok(files.some(({ path }) => path === main));
    assert.match(readFileSync(join(provider, main), "utf8"), /^#!\/usr\/bin\/env node\n/);
    const aliased = files.filter(
      ({ path }) => path.endsWith(".js") && /(require|import)\("#/.test(readFileSync(join(provider, path), "utf8")),
    );
    assert.deepEqual(aliased, [], "what is packed imports by paths");
  });

  it("lists its commands and exit codes", async () => {
    const { code, stdout } = await runCli(["--help"]);
    assert.equal(code, 0);
    assert.match(stdout, /import \[options\][\s\S]*Exit codes: 0 done, 1 failed, 2 the command line is wrong/);
  });
});
