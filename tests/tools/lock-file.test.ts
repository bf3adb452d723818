import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const root = join(__dirname, "..", "..", "..");
const readJson = (...path: string[]) => JSON.parse(readFileSync(join(root, ...path), "utf8"));
const packages: Readonly<Record<string, LockedPackage>> = readJson("package-lock.json").packages;
const ofExample: Readonly<Record<string, LockedPackage>> = readJson(
  "examples/azure-complete/package-lock.json",
).packages;

describe("the lock file", () => {
  it("has no download addresses, so that every registry will do", () => {
    const all = [packages, ofExample].flatMap((each) => Object.values(each));
    const addresses = all.filter(({ link, resolved }) => resolved && !link);
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
    const workspaces = readJson("package.json").workspaces.filter((name: string) => !name.startsWith("!"));
    const links = Object.values(packages).filter(({ link }) => link);
    assert.ok(links.length >= workspaces.length);
    for (const { resolved = "" } of links) assert.ok(packages[resolved], resolved);
  });
});

describe("the lock file of examples/azure-complete, which is no workspace", () => {
  it("has what our own package asks for", () => {
    const { dependencies } = readJson("provider/package.json");
    const how = `write ${JSON.stringify(dependencies)} there, then run in that folder:
npm install --package-lock-only --no-workspaces --omit-lockfile-registry-resolved`;
    assert.deepEqual(ofExample["node_modules/pulumi-mi-link"]?.dependencies, dependencies, how);
    for (const name of Object.keys(dependencies)) assert.ok(ofExample[`node_modules/${name}`], `${name}: ${how}`);
  });
});
