import assert from "node:assert/strict";
import { join } from "node:path";
import { type Operation, succeeded } from "#tools/pulumi";
import { waitForLink } from "#tools/verify";
import { type Quickstart, startQuickstart } from "../support/quickstart";
import { repositoryRoot } from "../support/repository";

const program = join(repositoryRoot, "tests", "engine", "projects", "one-link");

interface Change {
  readonly property: string;
  readonly value: unknown;
  /** Refused with "Delete" as well, as endpoint and groups would move under the live link. */
  readonly moves?: boolean;
}

/** Everything that replaces a link, under the names of the components' arguments. */
const changes: readonly Change[] = [
  { property: "failoverMode", value: "None" },
  { property: "linkName", value: "DAG_other" },
  { property: "groupName", value: "AG_other" },
  { property: "instanceGroupName", value: "AG_other_MI" },
  { property: "databaseName", value: "db2" },
  { property: "port", value: 5099, moves: true },
  { property: "address", value: "sqlserver1", moves: true },
  { property: "managedInstanceId", value: "the second one" },
];

const errors = ({ diagnostics }: Operation): string =>
  diagnostics.flatMap(({ severity, message }) => (severity.includes("err") ? [message] : [])).join("\n");

// Safety A2
describe("a change of a live link, with the real engine", function () {
  this.timeout(300_000);
  let quickstart: Quickstart;
  let secondInstance = "";
  /** The arguments of the program so far. */
  let declared: Record<string, unknown> = {};

  before(async () => {
    quickstart = await startQuickstart({ databases: 2, managedInstances: 2 }, program);
    secondInstance = quickstart.lab.ready.managedInstances[1]?.id ?? "";
    await declare({});
    succeeded(await quickstart.project.up());
    await requireConnected();
  });
  after(() => quickstart.close());

  const wanted = ({ property, value }: Change) => (property === "managedInstanceId" ? secondInstance : value);
  async function declare(more: object) {
    declared = { ...declared, ...more };
    await quickstart.project.config({ plain: { change: JSON.stringify(declared) } });
  }

  async function requireConnected() {
    const { sqlServer, managedInstance } = quickstart;
    const { databaseName = "db1" } = declared as { readonly databaseName?: string };
    const { linkName = `DAG_${databaseName}` } = declared as { readonly linkName?: string };
    const { groupName = `AG_${databaseName}`, instanceGroupName = `AG_${databaseName}_MI` } = declared as {
      readonly groupName?: string;
      readonly instanceGroupName?: string;
    };
    const names = { link: linkName, group: groupName, instanceGroup: instanceGroupName };
    assert.equal((await waitForLink(sqlServer, managedInstance, names, 20)).connected, true);
  }

  /** Changes of either side that the journal has from here on. */
  function changesSince(from: number): string[] {
    return quickstart.lab.journal.entries.slice(from).flatMap((entry) => {
      if (entry.kind === "request" && entry.method !== "GET" && entry.path.startsWith("/subscriptions/"))
        return [`${entry.method} ${entry.path}`];
      return entry.kind === "statement" && /^\s*(?:CREATE|ALTER|DROP|BACKUP)\b/.test(entry.text) ? [entry.text] : [];
    });
  }

  /** Preview and an up without one refuse it in the same words, which stand there once; and the link lives. */
  async function requireRefused(change: object, text: RegExp) {
    const before = declared;
    const from = quickstart.lab.journal.entries.length;
    await declare(change);
    const { project } = quickstart;
    const runs = [await project.preview(), await project.up()];
    declared = before;
    for (const run of runs) {
      assert.notEqual(run.code, 0, run.stdout);
      const printed = errors(run);
      assert.match(printed, text);
      assert.equal(printed.split("What to do:").length - 1, 1, printed);
      assert.match(
        printed,
        /Nothing was changed\.\s+What to do: .*\(1\) set databaseOnDelete: "Delete".*and run pulumi up; \(2\)/,
      );
    }
    await requireConnected();
    assert.deepEqual(changesSince(from), []);
  }

  describe('with "Keep"', () => {
    for (const change of changes) {
      it(`is refused in preview and in up, and nothing is touched: ${change.property}`, async () => {
        await requireRefused(
          { [change.property]: wanted(change) },
          /Could not (?:replace what|change|move|give) .*(?:the link DAG_db1|database_mirroring_endpoint|AG_db1)/,
        );
      });
    }

    it('is refused together with "Delete", which has to be recorded first', async () => {
      await requireRefused({ databaseOnDelete: "Delete", linkName: "DAG_other" }, /Could not replace what the link/);
    });

    it("leaves nothing to do when it is taken back", async () => {
      await declare({});
      assert.deepEqual(succeeded(await quickstart.project.preview()).changes, []);
    });
  });

  describe('with "Delete", as recorded by an up', () => {
    before(async () => {
      await declare({ databaseOnDelete: "Delete" });
      const recorded = succeeded(await quickstart.project.up());
      assert.deepEqual(
        recorded.changes.map(({ op, type }) => `${op} ${type.split(":").at(-1)}`),
        ["update InstanceLink"],
      );
    });

    for (const change of changes.filter(({ moves }) => moves)) {
      it(`is refused in preview and in up all the same, as the link would be disconnected first: ${change.property}`, () =>
        requireRefused(
          { [change.property]: wanted(change) },
          /Could not (?:change (?:partnerEndpoint|address)|move|give) /,
        ));
    }

    for (const change of changes.filter(({ moves, property }) => !moves && property !== "managedInstanceId")) {
      it(`replaces link and copy: ${change.property}`, async () => {
        await declare({ [change.property]: wanted(change) });
        succeeded(await quickstart.project.up());
        await requireConnected();
      });
    }

    it("comes to another port and address by the way that the refusal tells", async () => {
      const { project, arm, managedInstanceId } = quickstart;
      await declare({ withoutLink: true });
      succeeded(await project.up());
      assert.deepEqual(await arm.list(`${managedInstanceId}/distributedAvailabilityGroups`), []);
      await declare({ withoutLink: false, port: 5099, address: "sqlserver1" });
      succeeded(await project.up());
      await requireConnected();
      assert.deepEqual(succeeded(await project.preview()).changes, []);
    });

    it("replaces link and copy: managedInstanceId", async () => {
      const { project, arm, managedInstanceId } = quickstart;
      await declare({ managedInstanceId: secondInstance });
      succeeded(await project.up());
      assert.deepEqual(await arm.list(`${managedInstanceId}/distributedAvailabilityGroups`), []);
      const [link] = await arm.list(`${secondInstance}/distributedAvailabilityGroups`);
      const [database] = (link?.properties.databases ?? []) as { readonly connectedState: string }[];
      assert.equal(database?.connectedState, "CONNECTED");
      succeeded(await project.destroy());
    });
  });
});
