import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { newcomer, readme } from "../support/readme";
import { repositoryRoot } from "../support/repository";

const manifest = (path: string) => JSON.parse(readFileSync(join(repositoryRoot, path, "package.json"), "utf8"));

describe("README.md", () => {
  it("has no code but what a test types, pastes or compares", () => {
    const { install, files, tryIt, prints, realServers, inAClone } = newcomer;
    const tested = [
      ...Object.values(files),
      prints,
      ...[install, tryIt, realServers, inAClone].map((lines) => `${lines.join("\n")}\n`),
    ];
    const blocks = [...readme.matchAll(/^```\w*\n(.*?)^```$/gms)].map(([, text = ""]) => text);
    assert.deepEqual(blocks.toSorted(), tested.toSorted());
  });

  it("names scripts that there are", () => {
    for (const command of newcomer.inAClone) {
      const [, script = ""] = /^npm (?:run )?(\S+)/.exec(command) ?? [];
      assert.ok(script in manifest("").scripts, command);
    }
  });

  it("names the oldest Node.js and Pulumi that the package takes", () => {
    const { engines, peerDependencies } = manifest("provider");
    const [, node] = /needs Node\.js (\d+) or newer/.exec(readme) ?? [];
    assert.equal(engines.node, `>=${node}`);
    const [, pulumi] = /\) (\d+\.\d+) or newer that is logged in/.exec(readme) ?? [];
    assert.equal(peerDependencies["@pulumi/pulumi"], `>=${pulumi}.0`);
    const engine = readFileSync(join(repositoryRoot, "tools", "engine", "find.mjs"), "utf8");
    assert.ok(engine.includes(`oldestEngine = "${pulumi}.0"`), "the CLI is the one that is looked for here too");
  });

  it("begins with the line that installs it", () => {
    const [first = ""] = readme.split("```sh\n").slice(1);
    assert.match(first, /^npm init -y\nnpm install pulumi-mi-link /);
  });
});
