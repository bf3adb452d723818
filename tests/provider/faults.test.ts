import assert from "node:assert/strict";
import type { FaultRule } from "#lab/faults/faults";
import { type JournalEntry, type Lab, startLab } from "#lab/index";
import type { DynamicProvider } from "#provider/dynamic/handler";
import type { Bag } from "#provider/lifecycle/contract";
import { disconnectAll } from "#provider/sql-server/connection";
import { openArmClient, openSqlClient } from "#tools/clients";
import { compareSnapshots, type Snapshot, takeSnapshot } from "#tools/leftovers";
import { checkedArgs, type LinkPart, placeIn, providerOf, tenResources } from "./ten-resources";

interface Made {
  readonly id: string;
  readonly outs: Bag;
}
type Call =
  | Pick<JournalEntry & { kind: "statement" }, "kind" | "text">
  | Pick<JournalEntry & { kind: "request" }, "kind" | "method" | "path">;

/** What can happen to one call. */
const fates = ["refused", "lost before", "lost after", "lost, and nobody can look"] as const;
type Fate = (typeof fates)[number];

/** One resource in a lab of its own, with everything made that it stands on. */
interface Ground {
  readonly lab: Lab;
  readonly provider: DynamicProvider;
  readonly inputs: Bag;
  /** The arguments with a change that is made in place. */
  readonly changed: Bag | undefined;
  readonly snapshot: () => Promise<Snapshot>;
  /** Takes back what the resource leaves on purpose. */
  readonly reset: () => Promise<void>;
  close(): Promise<void>;
}

async function prepare(part: LinkPart): Promise<Ground> {
  const lab = await startLab();
  const place = placeIn(lab.ready);
  const {
    sqlServers: [server],
    managedInstances: [instance],
    arm,
    caFile,
  } = lab.ready;
  assert.ok(server && instance);
  const [sqlServer, managedInstance, azure] = await Promise.all([
    openSqlClient(server, caFile),
    openSqlClient(instance, caFile),
    openArmClient(arm, caFile),
  ]);
  const made: Record<string, Bag> = {};
  for (const before of tenResources.slice(0, tenResources.indexOf(part))) {
    const provider = await providerOf(before, place);
    made[before.type] = (await provider.create(await checkedArgs(provider, before.args(place, made)))).outs;
  }
  const warnings: string[] = [];
  const provider = await providerOf(part, place, (warning) => warnings.push(warning));
  const args = part.args(place, made);
  return {
    lab,
    provider,
    inputs: await checkedArgs(provider, args),
    changed: part.change && (await checkedArgs(provider, { ...args, ...part.change })),
    snapshot: () => takeSnapshot({ sqlServer, managedInstance, arm: azure, managedInstanceId: instance.id }),
    async reset() {
      if (part.type === "FullRecoveryDatabase") await sqlServer.query("ALTER DATABASE [db1] SET RECOVERY SIMPLE");
      // A copy whose link went in another run may be in use: it stays, and is said to.
      if (warnings.splice(0).some((warning) => /the database db1 .* stays/.test(warning)))
        await azure.delete(`${instance.id}/databases/db1`);
    },
    async close() {
      await Promise.all([sqlServer.close(), managedInstance.close()]);
      await lab.close();
    },
  };
}

/** What the provider itself sent while `work` ran; who the server is, it asks once in a process. */
async function callsOf({ lab }: Ground, work: () => Promise<unknown>): Promise<Call[]> {
  const from = lab.journal.entries.length;
  await work();
  return lab.journal.entries.slice(from).flatMap((entry): Call[] => {
    if (entry.kind === "statement" && entry.application === "pulumi-mi-link" && !/@@SERVERNAME/.test(entry.text))
      return [entry];
    return entry.kind === "request" && entry.path.startsWith("/subscriptions/") ? [entry] : [];
  });
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const guids = /[0-9a-f]{8}-[0-9a-f-]{27}/gi;

function nameOf(call: Call): string {
  return call.kind === "statement" ? call.text : `${call.method} ${call.path.replace(guids, "<guid>")}`;
}

/** The rules that bring the fate about for one call of a run; undefined where it cannot meet the call. */
function rulesFor(calls: readonly Call[], index: number, fate: Fate): FaultRule[] | undefined {
  const call = calls[index] as Call;
  const isSame = (other: Call) => nameOf(other) === nameOf(call);
  // Of looks that are repeated until something has ended, the first and the last stand for all.
  if (calls.slice(0, index).some(isSame) && calls.slice(index + 1).some(isSame)) return undefined;
  const nth = calls.slice(0, index + 1).filter(isSame).length;
  if (call.kind === "request") {
    const meant = {
      on: "request",
      method: call.method,
      matching: `^${escaped(call.path).replace(guids, "[^/]+")}$`,
      nth,
    } as const;
    if (fate === "refused")
      return [{ ...meant, answer: { status: 403, code: "AuthorizationFailed", message: "The client may not." } }];
    if (fate === "lost before") return [{ ...meant, drop: "before" }];
    return fate === "lost after" ? [{ ...meant, drop: "after" }] : undefined;
  }
  // The journal does not keep passwords.
  const meant = { on: "statement", matching: `^${escaped(call.text).replace(/\\\*+/g, ".*")}$`, nth } as const;
  if (fate === "refused")
    return [{ ...meant, error: { number: 701, severity: 17, text: "There is insufficient system memory." } }];
  if (fate === "lost before") return [{ ...meant, drop: "before" }];
  if (fate === "lost after") return [{ ...meant, drop: "after" }];
  if (/^\s*SELECT/.test(call.text)) return undefined;
  const looks = calls.slice(0, index).filter((other) => other.kind === "statement" && /^\s*SELECT/.test(other.text));
  return [
    { ...meant, drop: "after" },
    { on: "statement", matching: "^\\s*SELECT", nth: looks.length + 1, times: 2, drop: "before" },
  ];
}

/** A failed create or update, as the engine is told of it: with an id, it exists. */
interface Failed extends Error {
  readonly id?: string;
  readonly properties?: Bag;
}

const recordedBy = ({ id, properties }: Failed): Made | undefined =>
  id === undefined ? undefined : { id, outs: properties ?? {} };

async function failureOf(work: Promise<unknown>): Promise<Failed | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    assert.ok(error instanceof Error && error.message.startsWith("Could not "), String(error));
    return error;
  }
}

/** Run after run of `pulumi up`: create while nothing is recorded, update from then on. */
async function untilMade(provider: DynamicProvider, inputs: Bag, before?: Made): Promise<Made> {
  let recorded = before;
  for (let run = 1; ; run++) {
    try {
      if (!recorded) return await provider.create(inputs);
      return { id: recorded.id, ...(await provider.update(recorded.id, recorded.outs, inputs)) };
    } catch (error) {
      if (run === 3) throw error;
      recorded = recordedBy(error as Failed) ?? recorded;
    }
  }
}

interface Matrix {
  readonly cases: number;
  readonly spots: readonly string[];
}

/** The matrix of one resource, or every so many cases of it. What does not end well is listed, so that one run shows all of it. */
async function weakSpots(part: LinkPart, share = 0, shares = 1): Promise<Matrix> {
  const ground = await prepare(part);
  const { lab, provider, inputs, changed, snapshot, reset } = ground;
  await reset();
  const before = await snapshot();
  const isClean = async (when: string) => {
    await reset();
    assert.deepEqual(compareSnapshots(before, await snapshot()), [], when);
  };
  const withRules = async <T>(rules: readonly FaultRule[], work: () => Promise<T>): Promise<T> => {
    for (const rule of rules) lab.faults.add(rule);
    try {
      return await work();
    } finally {
      lab.faults.clear();
    }
  };

  let made: Made | undefined;
  const creation = await callsOf(ground, async () => {
    made = await provider.create(inputs);
  });
  const objects = async () => [...(await snapshot()).keys()].map((row) => row.replace(guids, "<guid>")).sort();
  const there = await objects();
  const update = await callsOf(ground, async () => {
    if (made && changed) made = { ...made, ...(await provider.update(made.id, made.outs, changed)) };
  });
  const deletion = await callsOf(ground, () => provider.delete(made?.id ?? "", made?.outs ?? {}));
  await isClean("after an ordinary life");

  async function creationSurvives(rules: readonly FaultRule[]): Promise<void> {
    const failed = await withRules(rules, () =>
      failureOf(
        provider.create(inputs).then((done) => {
          made = done;
        }),
      ),
    );
    if (failed) {
      const recorded = recordedBy(failed);
      if (recorded) await provider.delete(recorded.id, recorded.outs);
      await isClean(recorded ? "after the failed one was destroyed" : "after a failure that recorded nothing");
      made = await withRules(rules, () => untilMade(provider, inputs));
    }
    assert.deepEqual(await objects(), there, "exactly one is there");
    assert.ok(made);
    await provider.delete(made.id, made.outs);
    await isClean("after destroy");
  }
  async function updateSurvives(rules: readonly FaultRule[]): Promise<void> {
    if (!changed) return;
    for (const next of ["destroy", "up"] as const) {
      const first = await provider.create(inputs);
      let last = first;
      const failed = await withRules(rules, async () => {
        const failure = await failureOf(
          provider.update(first.id, first.outs, changed).then((done) => {
            last = { ...first, ...done };
          }),
        );
        last = (failure && recordedBy(failure)) ?? last;
        if (failure && next === "up") last = await untilMade(provider, changed, last);
        return failure;
      });
      if (!failed || next === "up") {
        assert.deepEqual(await provider.diff(last.id, last.outs, changed), { changes: false }, "nothing is left to do");
        assert.deepEqual(await objects(), there, "exactly one is there");
      }
      await provider.delete(last.id, last.outs);
      await isClean(
        `after destroy, which followed ${failed && next === "destroy" ? "the failed update" : "the update"}`,
      );
      if (!failed) return;
    }
  }
  async function deletionSurvives(rules: readonly FaultRule[]): Promise<void> {
    const { id, outs } = await provider.create(inputs);
    const failed = await withRules(rules, () => failureOf(provider.delete(id, outs)));
    if (failed) await provider.delete(id, outs);
    await isClean("after destroy");
  }

  const cases = [
    ...creation.map((_, i) => ({ calls: creation, i, survives: creationSurvives, during: "create" })),
    ...(changed ? update : []).map((_, i) => ({ calls: update, i, survives: updateSurvives, during: "update" })),
    ...deletion.map((_, i) => ({ calls: deletion, i, survives: deletionSurvives, during: "delete" })),
  ].flatMap((one) =>
    fates.flatMap((fate) => {
      const rules = rulesFor(one.calls, one.i, fate);
      return rules ? [{ ...one, fate, rules }] : [];
    }),
  );
  const own = cases.filter((_, i) => i % shares === share);
  const spots: string[] = [];
  for (const { calls, i, survives, during, fate, rules } of own) {
    try {
      await survives(rules);
    } catch (error) {
      spots.push(`${during}, ${fate}: ${nameOf(calls[i] as Call)}: ${(error as Error).message}`);
      break; // what it left behind would be blamed on the cases after it
    }
  }
  await ground.close();
  return { cases: own.length, spots };
}

/** The link waits longest: its cases are shared among labs. */
async function inShares(part: LinkPart, shares: number): Promise<Matrix> {
  const all = await Promise.all(Array.from({ length: shares }, (_, share) => weakSpots(part, share, shares)));
  return { cases: all.reduce((sum, { cases }) => sum + cases, 0), spots: all.flatMap(({ spots }) => spots) };
}

describe("whatever call fails, in whatever way", function () {
  this.timeout(240_000);
  // They mostly wait, so all run at once.
  const matrices = new Map<string, Promise<Matrix>>();
  before(() => {
    for (const part of tenResources) {
      const matrix = part.type === "InstanceLink" ? inShares(part, 4) : weakSpots(part);
      matrix.catch(() => {});
      matrices.set(part.type, matrix);
    }
  });
  after(() => disconnectAll());

  for (const { type } of tenResources) {
    it(`${type} is there once in the end, and destroy leaves nothing`, async () => {
      const matrix = await matrices.get(type);
      assert.ok(matrix);
      assert.ok(matrix.cases > 8, `${matrix.cases} cases`);
      assert.deepEqual(matrix.spots, []);
    });
  }
});
