import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lockFile = join(__dirname, "..", "..", "..", "package-lock.json");
const packages: Readonly<Record<string, LockedPackage>> = JSON.parse(readFileSync(lockFile, "utf8")).packages;

describe("the lock file", () => {
  it("has no download addresses, so that every registry will do", () => {
    const addresses = Object.values(packages).filter(({ link, resolved }) => resolved && !link);
    assert.deepEqual(addresses, []);
  });

  // Else `npm ci` refuses it: npm leaves out what the registry at hand does not have (npm/cli#4828).
  it("has an entry for the programs of every platform", () => {
    const missing = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies).filter((name) => !packages[`node_modules/${name}`]?.version),
    );
    assert.deepEqual(missing, []);
  });

  it("has an entry for every workspace", () => {
    const root = JSON.parse(readFileSync(join(lockFile, "..", "package.json"), "utf8"));
    const links = Object.values(packages).filter(({ link }) => link);
    assert.ok(links.length >= root.workspaces.length);
    for (const { resolved = "" } of links) assert.ok(packages[resolved], resolved);
  });
});
