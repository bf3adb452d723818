import assert from "node:assert/strict";
import { type Operation, succeeded } from "#tools/pulumi";
import { lookingAgainSoon, type Quickstart, startQuickstart } from "../support/quickstart";
import { expectConnectedAfter } from "../support/watcher";

// Safety A1, B10, B19
describe("a database that may be in use, with the real engine", function () {
  this.timeout(300_000);
  let quickstart: Quickstart;
  let tables = 0;
  const linkPath = () => `${quickstart.managedInstanceId}/distributedAvailabilityGroups/${quickstart.names.link}`;
  const databasePath = () => `${quickstart.managedInstanceId}/databases/${quickstart.names.database}`;
  const messages = ({ diagnostics }: Operation) => diagnostics.map(({ message }) => message).join("\n");
  const isLinkThere = async () => (await quickstart.arm.get(linkPath())) !== undefined;

  before(async () => {
    quickstart = await startQuickstart({}, undefined, [], lookingAgainSoon());
    await up();
  });
  after(() => quickstart.close());

  async function up() {
    succeeded(await quickstart.project.up());
    assert.equal((await quickstart.verify()).connected, true);
  }
  /** Writes a row that only the managed instance has. */
  async function write() {
    tables += 1;
    await quickstart.managedInstance.query(`CREATE TABLE db1.dbo.new_rows_${tables} (id int)`);
    await quickstart.managedInstance.query(`INSERT INTO db1.dbo.new_rows_${tables} VALUES (1)`);
  }
  async function requireKept() {
    const rows = await quickstart.managedInstance.query(`SELECT id FROM db1.dbo.new_rows_${tables}`);
    assert.equal(rows.length, 1, "the rows are there");
  }
  const deleteByHand = () => quickstart.arm.delete(databasePath());

  it("keeps its link while SQL Server refuses the login: nothing in Azure is deleted first", async () => {
    const { project, lab, sqlServer, secrets } = quickstart;
    const [login] = lab.ready.sqlServers;
    const [password = ""] = secrets;
    await sqlServer.query(`ALTER LOGIN [${login?.user}] WITH PASSWORD = N'Another-one-2'`);
    const from = lab.journal.entries.length;
    const refused = await expectConnectedAfter(quickstart, () => project.destroy());
    assert.notEqual(refused.code, 0);
    assert.match(messages(refused), /18456[\s\S]*Nothing was deleted\./);
    assert.deepEqual(
      lab.journal.entries.slice(from).filter((entry) => entry.kind === "request" && entry.method === "DELETE"),
      [],
    );
    await sqlServer.query(`ALTER LOGIN [${login?.user}] WITH PASSWORD = N'${password}'`);
    assert.equal((await quickstart.verify()).connected, true);
  });

  it("is left by up after the link was deleted in Azure, which is said in every run before; and by destroy", async () => {
    const { project, arm } = quickstart;
    await arm.delete(linkPath());
    await write();
    assert.match(messages(succeeded(await project.refresh())), /The next pulumi up changes nothing of it and fails/);
    assert.match(messages(succeeded(await project.preview())), /The next pulumi up changes nothing of it and fails/);
    const refused = await project.up();
    assert.notEqual(refused.code, 0);
    assert.match(messages(refused), /Could not make the link .* again\.[\s\S]*pulumi state delete[\s\S]*MODIFY NAME/);
    await requireKept();
    const destroyed = succeeded(await project.destroy());
    assert.match(messages(destroyed), /the database db1 on .* stays, although databaseOnDelete is "Delete"/);
    await requireKept();
  });

  it("is named when a link to it is to be made again: why it is there, and how to go on", async () => {
    const { project } = quickstart;
    const refused = await project.up();
    assert.notEqual(refused.code, 0);
    assert.match(
      messages(refused),
      /the database db1 on .* exists already[\s\S]*after a cut-over, it stays[\s\S]*MODIFY NAME/,
    );
    await requireKept();
    await deleteByHand();
    await up();
  });

  it("is left by destroy after a planned failover and the documented cut-over", async () => {
    const { project, arm, sqlServer, names } = quickstart;
    await sqlServer.query(`ALTER AVAILABILITY GROUP [${names.link}] FAILOVER`);
    await write();
    const refused = await expectConnectedAfter(quickstart, () => project.destroy());
    assert.notEqual(refused.code, 0);
    assert.match(messages(refused), /is the primary: the database db1 .* is the one in use/);
    assert.ok(await isLinkThere());
    await arm.delete(linkPath());
    assert.match(messages(succeeded(await project.destroy())), /stays, although databaseOnDelete is "Delete"/);
    await requireKept();
    await deleteByHand();
    await up();
  });

  it("is left by the destroy that follows one which was ended between link and database, and both say so", async () => {
    const { project, lab } = quickstart;
    lab.faults.add({
      on: "request",
      method: "DELETE",
      matching: "/databases/",
      answer: { status: 403, code: "AuthorizationFailed", message: "The client may not." },
    });
    const failed = await project.destroy();
    assert.notEqual(failed.code, 0);
    assert.match(messages(failed), /The link is deleted, and the database stays: the next pulumi destroy leaves it/);
    await write();
    assert.match(messages(succeeded(await project.destroy())), /stays, although databaseOnDelete is "Delete"/);
    await requireKept();
  });
});
