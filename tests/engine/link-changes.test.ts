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

/** Replaced one after the other. That failoverMode replaces a link by itself: tests/provider/resources/instance-link.test.ts. */
const replaced: readonly (readonly string[])[] = [
  ["failoverMode", "instanceGroupName"],
  ["linkName"],
  ["groupName"],
  ["databaseName"],
];

const changed = ({ changes }: Operation) => changes.map(({ op, name }) => `${op} ${name}`).sort();

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

  /** Each of the runs refuses it in the same words, which stand there once; and the link lives. */
  async function requireRefused(change: object, text: RegExp, runs: readonly ("preview" | "up")[]) {
    const before = declared;
    const from = quickstart.lab.journal.entries.length;
    await declare(change);
    const refused: Operation[] = [];
    for (const run of runs) refused.push(await quickstart.project[run]());
    declared = before;
    for (const run of refused) {
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
          ["preview", "up"],
        );
      });
    }

    it('is refused together with "Delete", which has to be recorded first', async () => {
      const together = { databaseOnDelete: "Delete", linkName: "DAG_other" };
      await requireRefused(together, /Could not replace what the link/, ["up"]);
    });
  });

  describe('with "Delete", as recorded by an up', () => {
    before(async () => {
      await declare({ databaseOnDelete: "Delete" });
      const recorded = succeeded(await quickstart.project.up());
      assert.deepEqual(changed(recorded), ["update link-link"], "what was taken back leaves nothing to do");
    });

    // In an up endpoint and groups refuse it, as above: they look who is connected, and know nothing of "Delete".
    for (const change of changes.filter(({ moves }) => moves)) {
      it(`is refused in preview all the same, as the link would be disconnected first: ${change.property}`, () =>
        requireRefused(
          { [change.property]: wanted(change) },
          /Could not (?:change (?:partnerEndpoint|address)|move|give) /,
          ["preview"],
        ));
    }

    for (const properties of replaced) {
      it(`replaces link and copy: ${properties.join(" and ")}`, async () => {
        const those = changes.filter(({ property }) => properties.includes(property));
        await declare(Object.fromEntries(those.map((change) => [change.property, wanted(change)])));
        succeeded(await quickstart.project.up());
        await requireConnected();
        const { arm, managedInstanceId } = quickstart;
        const [link] = await arm.list(`${managedInstanceId}/distributedAvailabilityGroups`);
        assert.equal(link?.properties.failoverMode, "None");
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
    });

    it("replaces link and copy: managedInstanceId", async () => {
      const { project, arm, managedInstanceId } = quickstart;
      await declare({ managedInstanceId: secondInstance });
      const moved = ["link-link", "pairing-instance-certificate", "pairing-trust"];
      const steps = ["create-replacement", "delete-replaced", "replace"];
      assert.deepEqual(
        changed(succeeded(await project.up())),
        [...steps.flatMap((op) => moved.map((name) => `${op} ${name}`)), "update link-dag", "update pairing-roots"],
        "another port and address left nothing to do",
      );
      assert.deepEqual(await arm.list(`${managedInstanceId}/distributedAvailabilityGroups`), []);
      const [link] = await arm.list(`${secondInstance}/distributedAvailabilityGroups`);
      const [database] = (link?.properties.databases ?? []) as { readonly connectedState: string }[];
      assert.equal(database?.connectedState, "CONNECTED");
    });
  });
});
