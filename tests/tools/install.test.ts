import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keptPackages, needsInstall } from "#tools/setup/install";

const wanted = {
  packages: {
    "": { version: "0.0.0" },
    provider: { version: "0.1.0" },
    "node_modules/mssql": { version: "12.7.14" },
    "node_modules/pulumi-mi-link": { resolved: "provider", link: true },
    "node_modules/fsevents": { version: "2.3.3", optional: true },
  },
};
const { "node_modules/fsevents": _, ...withoutOptional } = wanted.packages;

describe("an installation of the packages", () => {
  it("is needed in a fresh clone, and after one that was interrupted", () => {
    assert.equal(needsInstall(wanted, undefined), true);
    assert.equal(needsInstall(wanted, {}), true);
  });

  it("is not needed when everything the lock file names is there", () => {
    assert.equal(needsInstall(wanted, wanted), false);
  });

  it("is not needed for what only other platforms use", () => {
    assert.equal(needsInstall(wanted, { packages: withoutOptional }), false);
  });

  it("is needed when the lock file names another version", () => {
    const installed = { packages: { ...withoutOptional, "node_modules/mssql": { version: "11.0.0" } } };
    assert.equal(needsInstall(wanted, installed), true);
  });

  it("is needed when the lock file names one more package or workspace", () => {
    const { "node_modules/mssql": _mssql, ...withoutMssql } = withoutOptional;
    assert.equal(needsInstall(wanted, { packages: withoutMssql }), true);
    const { "node_modules/pulumi-mi-link": _link, ...withoutLink } = withoutOptional;
    assert.equal(needsInstall(wanted, { packages: withoutLink }), true);
  });

  it("is needed when a workspace has moved", () => {
    const moved = { resolved: "elsewhere", link: true };
    assert.equal(
      needsInstall(wanted, { packages: { ...withoutOptional, "node_modules/pulumi-mi-link": moved } }),
      true,
    );
  });
});

describe("packages that are kept for the next fresh clone", () => {
  let folder: string;
  const cache = () => join(folder, "cache");
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "mi-link-kept-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function clone(name: string, packages: object): Promise<string> {
    const root = join(folder, name);
    await mkdir(join(root, "node_modules"), { recursive: true });
    await writeFile(join(root, "package-lock.json"), JSON.stringify({ packages }));
    return root;
  }

  it("are those of the same lock file, of its workspaces too", async () => {
    const lock = { "node_modules/a": {}, "provider/node_modules/b": {} };
    const first = await clone("first", lock);
    for (const path of ["node_modules/a", "provider/node_modules/b"]) {
      await mkdir(join(first, path), { recursive: true });
      await writeFile(join(first, path, "index.js"), path);
    }
    await (await keptPackages(first, cache())).keep();

    const next = await clone("next", lock);
    assert.equal(await (await keptPackages(next, cache())).restore(), true);
    for (const path of ["node_modules/a", "provider/node_modules/b"])
      assert.equal(await readFile(join(next, path, "index.js"), "utf8"), path);

    const other = await clone("other", { "node_modules/c": {} });
    const others = await keptPackages(other, cache());
    assert.equal(await others.restore(), false);
    await others.keep();
    assert.deepEqual((await readdir(join(cache(), "packages"))).length, 1, "what is of another lock file is removed");
  });
});
