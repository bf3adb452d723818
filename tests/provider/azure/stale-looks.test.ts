// Safety A4
import assert from "node:assert/strict";
import { type JournalEntry, type Lab, startLab } from "#lab/index";
import type { DynamicProvider } from "#provider/dynamic/handler";
import type { Bag } from "#provider/lifecycle/contract";
import { disconnectAll } from "#provider/sql-server/connection";
import { checkedArgs, type LinkPart, placeIn, providerOf, tenResources } from "../ten-resources";

interface Made {
  readonly id: string;
  readonly outs: Bag;
}
type Operation = "create" | "read" | "update" | "delete";
const operations: readonly Operation[] = ["create", "read", "update", "delete"];

/** The resources that ask Azure, and how many cases each has at least. */
const asking = {
  MasterKey: 2,
  TrustCertificate: 8,
  TrustedRoots: 2,
  ManagedInstanceCertificate: 8,
  FullRecoveryDatabase: 2,
  InstanceLink: 8,
};
/** Resources that ask Azure only where they get `managedInstanceId`, with the arguments that make each run the same. */
const toldOfInstance: Readonly<Record<string, Bag>> = {
  MasterKey: {},
  // A later change must go with the instance too.
  TrustedRoots: { dnsPattern: "*.database.windows.net" },
  // What is backed up already is not backed up again.
  FullRecoveryDatabase: { backupDisk: "/var/opt/mssql/data/db1.bak" },
};
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
    const { managedInstanceId } = place;
    const more = toldOfInstance[part.type];
    const args = { ...part.args(place, made), ...(more && { ...more, managedInstanceId }) };
    return new Ground(
      lab,
      provider,
      await checkedArgs(provider, args),
      await checkedArgs(provider, { ...args, ...part.change, ...more }),
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

/** Names of the outputs that a state has. Their values differ, as each link and each copy has its own. */
const facts = (made: Made | undefined) =>
  made &&
  Object.keys(made.outs)
    .filter((name) => made.outs[name] !== undefined)
    .sort();

/** One look of an operation, which gets an answer that is out of date. */
interface Case {
  readonly operation: Operation;
  readonly path: string;
  readonly nth: number;
  readonly times: number;
}
interface Usual {
  readonly looks: readonly string[];
  readonly changes: readonly string[];
  readonly facts: readonly string[] | undefined;
}

/** Runs every operation once: which looks it takes, and what it leaves. */
async function usualLife(ground: Ground): Promise<ReadonlyMap<Operation, Usual>> {
  const usual = new Map<Operation, Usual>();
  let made: Made | undefined;
  for (const operation of operations) {
    const seen = await ground.watch(async () => {
      made = await ground.run(operation, made);
    });
    usual.set(operation, { ...seen, facts: facts(made) });
  }
  return usual;
}

const casesOf = (usual: ReadonlyMap<Operation, Usual>): Case[] =>
  [...usual].flatMap(([operation, { looks }]) =>
    [...new Set(looks)].flatMap((path) => {
      const count = looks.filter((other) => other === path).length;
      // Of looks that are repeated until something has ended, the first two and the last stand for all.
      return [...new Set([1, Math.min(2, count), count])].flatMap((nth) =>
        [1, 2].map((times) => ({ operation, path, nth, times })),
      );
    }),
  );

const nameOf = ({ operation, path, nth, times }: Case): string =>
  `${operation}, look ${nth} at ${path.split("/").slice(-2).join("/")}, ${times} times not there`;

async function goesAsUsual(ground: Ground, { operation, path, nth, times }: Case, usual: Usual): Promise<void> {
  const before = operation === "create" ? undefined : await ground.run("create", undefined);
  ground.lab.faults.add({
    on: "request",
    method: "GET",
    matching: `^${path.replaceAll(".", "\\.").replaceAll("<guid>", "[^/]+")}$`,
    nth,
    times,
    answer: { status: 404, code: "ResourceNotFound", message: "It was not found." },
  });
  let after: Made | undefined;
  const seen = await ground.watch(async () => {
    after = await ground.run(operation, before);
  });
  ground.lab.faults.clear();
  assert.deepEqual(seen.changes, usual.changes, "Azure was asked for other changes");
  assert.deepEqual(facts(after), usual.facts, "the state is another");
  if (after) await ground.run("delete", after);
}

/** Every operation with one stale answer, or two in a row, at every look that it takes. */
async function weakSpots(part: LinkPart): Promise<{ readonly cases: number; readonly spots: readonly string[] }> {
  const ground = await Ground.of(part);
  try {
    const usual = await usualLife(ground);
    const cases = casesOf(usual);
    const spots: string[] = [];
    for (const one of cases) {
      try {
        await goesAsUsual(ground, one, usual.get(one.operation) as Usual);
      } catch (error) {
        spots.push(`${nameOf(one)}: ${(error as Error).message}`);
        break; // what it left behind would be blamed on the cases after it
      }
    }
    return { cases: cases.length, spots };
  } finally {
    await ground.lab.close();
  }
}

describe("an answer of some time ago that something is not there", function () {
  this.timeout(240_000);
  const tables = new Map<string, ReturnType<typeof weakSpots>>();
  before(() => {
    // They mostly wait, so all run at once.
    for (const part of tenResources.filter(({ type }) => type in asking)) {
      const table = weakSpots(part);
      table.catch(() => {});
      tables.set(part.type, table);
    }
  });
  after(() => disconnectAll());

  for (const [type, fewest] of Object.entries(asking)) {
    it(`makes ${type} lose nothing, make nothing twice and delete nothing, at any look of any operation`, async () => {
      const table = await tables.get(type);
      assert.ok(table);
      assert.ok(table.cases >= fewest, `${table.cases} cases`);
      assert.deepEqual(table.spots, []);
    });
  }
});
