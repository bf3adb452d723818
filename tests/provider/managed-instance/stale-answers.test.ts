// Safety A4
import assert from "node:assert/strict";
import { type JournalEntry, type Lab, startLab } from "#lab/index";
import type { DynamicProvider } from "#provider/dynamic/handler";
import { disconnectAll } from "#provider/sql-server/connection";
import { type Bag, checkedArgs, type LinkPart, placeIn, providerOf, tenResources } from "../ten-resources";

interface Made {
  readonly id: string;
  readonly outs: Bag;
}
type Operation = "create" | "read" | "update" | "delete";
const operations: readonly Operation[] = ["create", "read", "update", "delete"];

/** Everything that asks Azure. */
const asking = ["TrustCertificate", "ManagedInstanceCertificate", "InstanceLink"];
const guids = /[0-9a-f]{8}-[0-9a-f-]{27}/gi;

/** One resource in a lab of its own, over everything that it stands on. */
class Ground {
  private constructor(
    readonly lab: Lab,
    readonly provider: DynamicProvider,
    readonly inputs: Bag,
    readonly changed: Bag,
  ) {}

  static async of(part: LinkPart): Promise<Ground> {
    const lab = await startLab();
    const place = placeIn(lab.ready);
    const made: Record<string, Bag> = {};
    for (const before of tenResources.slice(0, tenResources.indexOf(part))) {
      const provider = await providerOf(before, place);
      made[before.type] = (await provider.create(await checkedArgs(provider, before.args(place, made)))).outs;
    }
    const provider = await providerOf(part, place);
    const args = part.args(place, made);
    return new Ground(
      lab,
      provider,
      await checkedArgs(provider, args),
      await checkedArgs(provider, { ...args, ...part.change }),
    );
  }

  private requests(since: number): Extract<JournalEntry, { kind: "request" }>[] {
    return this.lab.journal.entries.slice(since).flatMap((entry) => {
      return entry.kind === "request" && entry.path.startsWith("/subscriptions/") ? [entry] : [];
    });
  }

  /** What the operation asked for, and what it changed. */
  async watch(work: () => Promise<unknown>): Promise<{ readonly looks: string[]; readonly changes: string[] }> {
    const since = this.lab.journal.entries.length;
    await work();
    const made = this.requests(since);
    return {
      looks: made.filter(({ method }) => method === "GET").map(({ path }) => path.replace(guids, "<guid>")),
      changes: made.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`),
    };
  }

  async run(operation: Operation, made: Made | undefined): Promise<Made | undefined> {
    if (operation === "create") return await this.provider.create(this.inputs);
    assert.ok(made);
    if (operation === "update")
      return { ...made, ...(await this.provider.update(made.id, made.outs, { ...this.changed, ...hiddenOf(made) })) };
    if (operation === "delete") {
      await this.provider.delete(made.id, made.outs);
      return undefined;
    }
    const { id, props } = await this.provider.read(made.id, made.outs);
    assert.ok(id !== undefined && props, "it is not forgotten");
    return { id, outs: props };
  }
}

const hiddenOf = ({ outs }: Made): Bag => (outs.__timeouts ? { __timeouts: outs.__timeouts } : {});

/** What a state tells of the object itself: each link and each copy has its own. */
const facts = (made: Made | undefined) =>
  made &&
  Object.keys(made.outs)
    .filter((name) => made.outs[name] !== undefined)
    .sort();

/** Runs every operation with one stale answer, or two in a row, at every look that it takes. */
async function weakSpots(part: LinkPart): Promise<{ readonly cases: number; readonly spots: readonly string[] }> {
  const ground = await Ground.of(part);
  const { lab } = ground;
  const spots: string[] = [];
  let cases = 0;
  let previous = "";
  const usual = new Map<Operation, { looks: string[]; changes: string[]; facts: readonly string[] | undefined }>();
  let made: Made | undefined;
  for (const operation of operations) {
    const seen = await ground.watch(async () => {
      made = await ground.run(operation, made);
    });
    usual.set(operation, { ...seen, facts: facts(made) });
  }

  for (const operation of operations) {
    const { looks, changes, facts: wanted } = usual.get(operation) ?? { looks: [], changes: [] };
    for (const path of new Set(looks)) {
      const count = looks.filter((other) => other === path).length;
      for (const nth of new Set([1, Math.min(2, count), count]))
        for (const times of [1, 2]) {
          cases++;
          const where = `${operation}, look ${nth} at ${path.split("/").slice(-2).join("/")}, ${times} times not there`;
          let before: Made | undefined;
          try {
            // An unchanged one is enough to be deleted.
            if (operation !== "create") before = await ground.run("create", undefined);
          } catch (error) {
            spots.push(`${previous}: something was left that nobody knew of: ${(error as Error).message}`);
            break;
          }
          previous = where;
          lab.faults.add({
            on: "request",
            method: "GET",
            matching: `^${path.replaceAll(".", "\\.").replaceAll("<guid>", "[^/]+")}$`,
            nth,
            times,
            answer: { status: 404, code: "ResourceNotFound", message: "It was not found." },
          });
          let after: Made | undefined;
          try {
            const seen = await ground.watch(async () => {
              after = await ground.run(operation, before);
            });
            assert.deepEqual(seen.changes, changes, "Azure was asked for other changes");
            assert.deepEqual(facts(after), wanted, "the state is another");
          } catch (error) {
            spots.push(`${where}: ${(error as Error).message}`);
          }
          lab.faults.clear();
          const { id, outs } = after ?? before ?? {};
          if (id !== undefined && outs && operation !== "delete") await ground.provider.delete(id, outs);
        }
    }
  }
  await lab.close();
  return { cases, spots };
}

describe("an answer of some time ago that something is not there", function () {
  this.timeout(240_000);
  const tables = new Map<string, ReturnType<typeof weakSpots>>();
  before(() => {
    // Mostly waiting: all at once.
    for (const part of tenResources.filter(({ type }) => asking.includes(type))) {
      const table = weakSpots(part);
      table.catch(() => {});
      tables.set(part.type, table);
    }
  });
  after(() => disconnectAll());

  for (const type of asking) {
    it(`makes ${type} lose nothing, make nothing twice and delete nothing, at any look of any operation`, async () => {
      const table = await tables.get(type);
      assert.ok(table);
      assert.ok(table.cases >= 8, `${table.cases} cases`);
      assert.deepEqual(table.spots, []);
    });
  }
});
