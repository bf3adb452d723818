import assert from "node:assert/strict";
import { needsInstall } from "#tools/setup/install";

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
