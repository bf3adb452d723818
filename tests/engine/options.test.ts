import assert from "node:assert/strict";
import type { SqlClient } from "#tools/clients";
import { type Operation, succeeded } from "#tools/pulumi";
import type { Quickstart } from "../support/quickstart";
import { startWatchedLinks, type WatchedLinks } from "../support/watched-links";
import { connectedLinks, expectConnectedAfter, type Watched } from "../support/watcher";

/** Without the looks of a refresh that found nothing. */
const changed = ({ changes }: Operation) =>
  changes.flatMap(({ op, name }) => (op === "refresh" ? [] : [`${op} ${name}`])).sort();

/** What docs/options.md says: of the components (pairing, component), and of resources on their own (the others). */
describe("the options of Pulumi, with the real engine", function () {
  this.timeout(300_000);
  let links: WatchedLinks;
  let quickstart: Quickstart;
  let secondServer: SqlClient;
  let watched: Watched;

  before(async () => {
    links = await startWatchedLinks();
    ({ quickstart, secondServer, watched } = links);
  });
  after(() => links?.close());

  /** Sets arguments, options and what transforms set, instead of those before. */
  async function declare(settings: { added?: object; options?: object; transformed?: object }): Promise<void> {
    const { added = {}, options = {}, transformed = {} } = settings;
    await quickstart.project.config({
      plain: {
        added: JSON.stringify(added),
        options: JSON.stringify(options),
        transformed: JSON.stringify(transformed),
      },
    });
  }
  const isThere = async () => assert.deepEqual(await connectedLinks(watched), ["DAG_db1", "DAG_db2"]);
  const urns = async (isWanted: (urn: string) => boolean) =>
    ((await quickstart.project.exportState()).deployment.resources ?? []).map(({ urn }) => urn).filter(isWanted);
  const notes = () =>
    quickstart.sqlServer.query<{ name: string }>(
      "SELECT name FROM sys.extended_properties WHERE class = 0 AND name LIKE N'pulumi-mi-link/%' ORDER BY name",
    );

  it("ignoreChanges holds for the arguments of components and of resources, and of everything, or of drift, leaves what a DBA changed", async () => {
    const { project, sqlServer } = quickstart;
    for (const server of [sqlServer, secondServer])
      await server.query(
        "ALTER ENDPOINT database_mirroring_endpoint FOR DATABASE_MIRRORING (ENCRYPTION = REQUIRED ALGORITHM AES RC4)",
      );
    await declare({
      added: { pairing: { port: 5099 }, endpoint: { port: 5098 }, component: { databaseName: "db9", groupName: "X" } },
      options: {
        pairing: { ignoreChanges: ["*"] },
        endpoint: { ignoreChanges: ["port", "drift"] },
        component: { ignoreChanges: ["databaseName", "groupName"] },
      },
    });
    assert.deepEqual(changed(succeeded(await project.refresh())), ["update endpoint", "update pairing-endpoint"]);
    assert.deepEqual(changed(succeeded(await project.up())), []);
  });

  it("transforms of a component see its parts and change them, and drift is put right that nothing ignores any more", async () => {
    await declare({ transformed: { "component-link": { args: { seedingTimeoutMinutes: 80 } } } });
    assert.deepEqual(changed(succeeded(await quickstart.project.up())), [
      "update component-link",
      "update endpoint",
      "update pairing-endpoint",
    ]);
  });

  it("replaceOnChanges replaces, and gets no live link replaced", async () => {
    await declare({
      added: { component: { seedingTimeoutMinutes: 90 } },
      options: { component: { replaceOnChanges: ["seedingTimeoutMinutes"] } },
    });
    const refused = await quickstart.project.preview();
    assert.notEqual(refused.code, 0);
    assert.match(refused.stdout, /Could not change seedingTimeoutMinutes of the link DAG_db1/);
  });

  it("deleteBeforeReplace in a rotation leaves the links connected: what they need is kept", async () => {
    await declare({
      added: { certificate: { expiry: "2090-01-01" } },
      options: { certificate: { deleteBeforeReplace: true }, trust: { deleteBeforeReplace: true } },
    });
    await expectConnectedAfter(watched, () => quickstart.project.up());
    await isThere();
  });

  const declared = { certificate: { expiry: "2090-01-01" } };

  // Safety A2
  it("--replace of all that a component has leaves its link connected, then and when the old records go", async () => {
    const { project } = quickstart;
    const parts = await urns((urn) => urn.includes("dynamic/mi-link") && isOfComponents(urn));
    assert.equal(parts.length, 10);
    succeeded(await project.up({ args: parts.flatMap((urn) => ["--replace", urn]) }));
    await isThere();
    // With the options that the next test needs, which are no change.
    const options = { protect: true, retainOnDelete: true };
    await declare({ added: declared, options: { pairing: options, component: options } });
    assert.deepEqual(changed(succeeded(await project.up({ args: ["--refresh"] }))), []);
  });

  it("protect and retainOnDelete of a component hold for its parts, and what was retained is gone on with", async () => {
    const { project } = quickstart;
    const args = ["--target-dependents", ...targets(await urns(isOfComponents))];
    const refused = await project.destroy({ args });
    assert.notEqual(refused.code, 0);
    assert.match(refused.stdout, /component-link.* cannot be deleted|protect/);
    await isThere();

    succeeded(await project.run(["state", "unprotect", "--all", "--yes"]));
    const before = await notes();
    succeeded(await project.destroy({ args }));
    assert.deepEqual(await urns(isOfComponents), []);
    await isThere();
    assert.deepEqual(await notes(), before, "nobody asks the provider, so that the notes stay");
    await declare({ added: declared });
    succeeded(await project.up());
    await isThere();
  });

  it("aliases let a component and its parts have another name, also after they were retained", async () => {
    const { project } = quickstart;
    await project.config({ plain: { prefix: "new" } });
    assert.deepEqual(changed(succeeded(await project.up({ args: ["--refresh"] }))), []);
    assert.equal((await urns((urn) => /new-(?:pairing|component)/.test(urn))).length, 12);
  });

  it("--target brings one part in line and leaves the others", async () => {
    const { project } = quickstart;
    const minutes = { seedingTimeoutMinutes: 80 };
    await declare({ added: { ...declared, component: minutes, link: minutes } });
    const [target = ""] = await urns((urn) => urn.endsWith("::new-component-link"));
    assert.deepEqual(changed(succeeded(await project.up({ args: ["--target", target] }))), [
      "update new-component-link",
    ]);
    assert.deepEqual(changed(succeeded(await project.preview())), ["update link"]);
  });
});

const isOfComponents = (urn: string): boolean => /::(?:pairing|component)-/.test(urn);
const targets = (urns: readonly string[]): string[] => urns.flatMap((urn) => ["--target", urn]);
