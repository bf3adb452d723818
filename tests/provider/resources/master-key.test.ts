import assert from "node:assert/strict";
import { masterKey } from "#provider/resources/master-key/lifecycle";
import { inLab, openSceneAnywhere } from "../sql-server/any-server-scene";
import { accepted, change, problemsOf, sqlServer, unknownEverywhere } from "../sql-server/check-and-diff";
import type { Scene } from "../sql-server/sql-server-scene";

const password = "Kept-in-a-safe-place-1";
const managedInstanceId =
  "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/g/providers/Microsoft.Sql/managedInstances/mi1";

describe("the arguments of MasterKey", () => {
  it("need a password nowhere, as there may be a key", () => {
    assert.deepEqual(accepted(masterKey, { sqlServer }).password, undefined);
  });

  it("take a password or a reference to one, and say all that is wrong with them", () => {
    assert.deepEqual(problemsOf(masterKey, { sqlServer, password, credential: "env:KEY" }), [
      "give one of password and credential, not both",
    ]);
    assert.deepEqual(problemsOf(masterKey, { password: "", credential: "KEY", colour: "red" }), [
      "colour is not an argument of this resource",
      "password must not be empty",
      "credential must look like env:NAME, file:PATH or config:KEY",
      "sqlServer is required",
    ]);
  });

  it("change nothing when the password is another one later", () => {
    const before = accepted(masterKey, { sqlServer, password });
    assert.equal(change(masterKey, before, { ...before, password: "Another-one-2" }), "same");
  });

  it("show no difference for a managed instance to be looked at first, in a state from before or after", () => {
    const now = accepted(masterKey, { sqlServer, managedInstanceId });
    const { managedInstanceId: _, ...before } = now;
    assert.equal(change(masterKey, { ...before, __v: 1 }, now), "same");
    assert.equal(change(masterKey, { ...now, __v: 2 }, { ...now, managedInstanceId: `${managedInstanceId}2` }), "same");
  });

  it("may all be unknown in a preview", () => unknownEverywhere(masterKey, { sqlServer, password }));
});

describe("MasterKey on a server", () => {
  let scene: Scene;
  before(async () => {
    scene = await openSceneAnywhere();
  });
  after(() => scene.close());
  const keys = () => scene.query("SELECT name FROM sys.symmetric_keys WHERE symmetric_key_id = 101");

  it("creates the key once, uses one that is there, and drops only its own", async () => {
    const resource = scene.resource("MasterKey", masterKey);
    const first = await resource.create({ sqlServer: scene.sqlServer, password });
    assert.equal(first.outs.created, true);
    const second = await resource.create({ sqlServer: scene.sqlServer });
    assert.equal(second.outs.created, false);
    assert.equal(second.outs.keyGuid, first.outs.keyGuid);
    assert.equal(await resource.wants(first, { sqlServer: scene.sqlServer, password: "Another-one-2" }), "same");
    await resource.delete(second);
    assert.equal((await keys()).length, 1);
    await resource.delete(first);
    assert.equal((await keys()).length, 0);
    await resource.delete(first);
    assert.equal(await resource.read(first), undefined);
  });

  it("keeps its key while a certificate needs it", async () => {
    const resource = scene.resource("MasterKey", masterKey);
    const made = await resource.create({ sqlServer: scene.sqlServer, password });
    await scene.query("CREATE CERTIFICATE [needs the key] WITH SUBJECT = 'x'");
    scene.warnings.length = 0;
    await resource.delete(made);
    assert.equal((await keys()).length, 1);
    assert.match(
      scene.warnings.join(),
      /^Kept the database master key on .*: the certificate needs the key still needs it.*DROP MASTER KEY$/,
    );
    await scene.query("DROP CERTIFICATE [needs the key]");
    await resource.delete(made);
    assert.equal((await keys()).length, 0);
  });

  // Safety B12
  it("uses no key that the server cannot open by itself, and gives the two statements that mend it", async () => {
    const resource = scene.resource("MasterKey", masterKey);
    const remedy =
      /service master key[\s\S]*What to do: in one session: USE master; OPEN MASTER KEY DECRYPTION BY PASSWORD = '<its password>'; ALTER MASTER KEY ADD ENCRYPTION BY SERVICE MASTER KEY;/;
    const made = await resource.create({ sqlServer: scene.sqlServer, password });
    await scene.query("ALTER MASTER KEY DROP ENCRYPTION BY SERVICE MASTER KEY");
    assert.match(await resource.refused({ sqlServer: scene.sqlServer, password }), remedy);
    assert.match(String((await resource.read(made))?.drift), /OPEN MASTER KEY .* ALTER MASTER KEY ADD ENCRYPTION/);
    await assert.rejects(resource.update(made, { sqlServer: scene.sqlServer, password }), remedy);
    await scene.query(
      `OPEN MASTER KEY DECRYPTION BY PASSWORD = '${password}'; ALTER MASTER KEY ADD ENCRYPTION BY SERVICE MASTER KEY`,
    );
    assert.equal((await resource.read(made))?.drift, undefined);
    await resource.delete(made);
  });

  it("leaves a later key alone", async () => {
    const resource = scene.resource("MasterKey", masterKey);
    const made = await resource.create({ sqlServer: scene.sqlServer, password });
    await scene.query("DROP MASTER KEY");
    await scene.query("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Somebody-else-1'");
    assert.equal((await resource.read(made))?.outs.created, false);
    await resource.delete(made);
    assert.equal((await keys()).length, 1);
    await scene.query("DROP MASTER KEY");
  });

  it("asks for a password only where there is no key, and prints none", async () => {
    const resource = scene.resource("MasterKey", masterKey);
    assert.match(
      await resource.refused({ sqlServer: scene.sqlServer }),
      /find the password of the database master key/,
    );
    const weak = await resource.refused({ sqlServer: scene.sqlServer, password: "weakling'x" });
    assert.match(weak, /15118|15116/);
    assert.doesNotMatch(weak, /weakling/);
    assert.equal((await keys()).length, 0);
  });

  inLab("is there once when the answer is lost", async () => {
    scene.lab.faults.add({ on: "statement", matching: "^CREATE MASTER KEY", drop: "after" });
    const resource = scene.resource("MasterKey", masterKey);
    const made = await resource.create({ sqlServer: scene.sqlServer, password });
    assert.equal(made.outs.created, true);
    await resource.delete(made);
    assert.equal((await keys()).length, 0);
  });
});
