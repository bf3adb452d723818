import assert from "node:assert/strict";
import { runtime } from "@pulumi/pulumi";
import { startLab } from "#lab/index";
import { type ResourceType, resources } from "#provider/dynamic/index";
import { type Bag, tableOf } from "#provider/lifecycle/contract";
import { disconnectAll } from "#provider/sql-server/connection";
import { labelOf } from "../matrix/cell";
import { cells } from "../matrix/cells";
import { withoutCell } from "../matrix/no-cells";
import { checkedArgs, placeIn, providerOf, tenResources } from "./ten-resources";

const types = Object.keys(resources) as ResourceType[];

/** What the cell is about: `port` and `LISTENER_PORT` of "port, LISTENER_PORT: 5024". */
const namesIn = (property: string): string[] => (property.split(":")[0] ?? "").split(", ");

/** The arguments, and the outputs that a program sees. */
function propertiesOf(type: ResourceType): string[] {
  const resource = new resources[type](type, {} as never);
  const outputs = Object.keys(resource).filter((name) => !/^(__.*|id|urn)$/.test(name));
  return [...new Set([...Object.keys(tableOf(resources[type].lifecycle())), ...outputs])];
}

/** The clauses of all statements that make or change the ten resources of a link. */
async function clausesSent(): Promise<string[]> {
  const lab = await startLab({ recoveryModel: "SIMPLE" });
  try {
    const place = placeIn(lab.ready);
    const made: Record<string, Bag> = {};
    for (const part of tenResources) {
      const provider = await providerOf(part, place);
      const { outs } = await provider.create(await checkedArgs(provider, part.args(place, made)));
      made[part.type] = outs;
    }
    const changes = lab.journal.entries.flatMap((entry) =>
      entry.kind === "statement" && /^\s*(CREATE|ALTER|BACKUP)\b/.test(entry.text) ? [entry.text] : [],
    );
    const options = changes.flatMap((text) => [...text.matchAll(/\b([A-Z_]+) = /g)].map(([, option]) => option ?? ""));
    return [...new Set(options)];
  } finally {
    await disconnectAll();
    await lab.close();
  }
}

describe("the cells of what somebody changes by hand", () => {
  before(() =>
    runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) }),
  );

  it("are sixty or more, each once", () => {
    const labels = cells.map(labelOf);
    assert.ok(labels.length >= 60, String(labels.length));
    assert.equal(new Set(labels).size, labels.length);
  });

  for (const type of types)
    it(`forget no argument and no output, or there is a reason: ${type}`, () => {
      const reasons = { ...withoutCell.everywhere, ...withoutCell[type] };
      const named = new Set(
        cells.filter(({ resource }) => resource === type).flatMap(({ property }) => namesIn(property)),
      );
      const properties = propertiesOf(type);
      assert.ok(properties.length > 3);
      assert.deepEqual(
        properties.filter((name) => !named.has(name) && !(name in reasons)),
        [],
      );
      const needless = Object.keys(withoutCell[type]).filter((name) => named.has(name) || !properties.includes(name));
      assert.deepEqual(needless, [], "reasons that are none");
      const dropped = cells.some(
        ({ resource, property }) => resource === type && /^\((dropped|deleted|all )/.test(property),
      );
      assert.ok(dropped, "no cell drops it");
    });

  it("forget no clause of a statement that is sent, or there is a reason", async () => {
    const named = new Set(cells.flatMap(({ property }) => namesIn(property)));
    const sent = await clausesSent();
    assert.ok(sent.length > 10, sent.join());
    assert.deepEqual(
      sent.filter((clause) => !named.has(clause) && !(clause in withoutCell.clauses)),
      [],
    );
  });
});
