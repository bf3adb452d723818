import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Operation, type Step, succeeded } from "#tools/pulumi";
import { type Quickstart, startQuickstart } from "../support/quickstart";
import { repositoryRoot } from "../support/repository";
import type { Act, Cell, Names, Shown } from "./cell";

/** The program `by-hand`, up, with a console on both sides. */
export interface Scene {
  /** Changes by hand, refreshes, previews, ups and looks; throws where something is otherwise than the cell says. */
  try(cell: Cell): Promise<void>;
  /** What a refresh and preview still find to change. */
  leftToChange(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function startScene(): Promise<Scene> {
  const directory = join(repositoryRoot, "tests", "matrix", "projects", "by-hand");
  const quickstart = await startQuickstart({ databases: 3 }, directory);
  try {
    const names = await prepare(quickstart);
    return {
      try: (cell) => tryCell(quickstart, names, cell),
      leftToChange: async () => {
        const { project } = quickstart;
        return changesIn(succeeded(await project.preview({ args: ["--refresh"] })));
      },
      close: quickstart.close,
    };
  } catch (error) {
    await quickstart.close();
    throw error;
  }
}

async function prepare({ lab, project, sqlServer }: Quickstart): Promise<Names> {
  await sqlServer.query("CREATE LOGIN [dba] WITH PASSWORD = N'Of-the-dba-1'");
  succeeded(await project.up());
  const [server] = lab.ready.sqlServers;
  const [instance] = lab.ready.managedInstances;
  assert.ok(server && instance);
  const certificate = "Cert_sqlserver1_endpoint";
  const blobOf = async (name: string) => {
    const [row] = await sqlServer.query<{ der: Buffer }>(`SELECT CERTENCODED(CERT_ID(N'${name}')) AS der`);
    assert.ok(row?.der, name);
    return row.der.toString("hex").toUpperCase();
  };
  await sqlServer.query("CREATE CERTIFICATE [stranger] WITH SUBJECT = N'stranger'");
  const otherBlob = await blobOf("stranger");
  await sqlServer.query("DROP CERTIFICATE [stranger]");
  return {
    host: server.host,
    url: `TCP://${server.host}:5022`,
    fqdn: instance.fqdn,
    certificate,
    blob: await blobOf(certificate),
    otherBlob,
    digicertBlob: await blobOf("DigiCertPKI"),
    instanceBlob: await blobOf(instance.fqdn),
  };
}

async function tryCell(quickstart: Quickstart, names: Names, cell: Cell): Promise<void> {
  const { project } = quickstart;
  const { byHand, refusedBySqlServer, found, drift, refused, shown, afterwards = [] } = cell;
  const doAll = async (acts: readonly Act[]) => {
    for (const act of acts) await carryOut(filledIn(act, names), quickstart);
  };

  if (refusedBySqlServer === undefined) await doAll(byHand);
  else await assert.rejects(doAll(byHand), (error) => numbersOf(error).includes(refusedBySqlServer));

  const refresh = succeeded(await project.refresh());
  assert.deepEqual(foundBy(refresh), found.map(inWordsOfRefresh).sort(), "what the refresh finds");

  const preview = await project.preview();
  if (refused?.inPreview) expectWords(textOf(preview), refused.words);
  else {
    succeeded(preview);
    assert.deepEqual(changesIn(preview), [...(cell.preview ?? found)].sort(), "what the preview shows");
  }
  if (drift) expectWords(driftsIn(preview).join("\n"), drift);

  const up = await project.up();
  if (refused) {
    assert.equal(up.ok, false, "up is not refused");
    expectWords(textOf(up), refused.words);
    await doAll(refused.remedy);
    succeeded(await project.up({ args: ["--refresh"] }));
  } else {
    succeeded(up);
    assert.deepEqual(changesIn(up), cell.up ? [...cell.up].sort() : changesIn(preview), "what up changes");
  }
  for (const one of shown) await expectShown(filledIn(one, names), quickstart);
  await doAll(afterwards);
  if (cell.isConnected === false) return;
  const report = await quickstart.verify();
  assert.ok(report.connected, `the link is not connected: ${JSON.stringify(report)}`);
}

/** `{name}` is filled in, wherever it stands. */
function filledIn<Value>(value: Value, names: Names): Value {
  const text = JSON.stringify(value).replaceAll(/\{(\w+)\}/g, (whole, name) =>
    name in names ? names[name as keyof Names] : whole,
  );
  return JSON.parse(text);
}

async function carryOut(act: Act, { lab, sqlServer, managedInstance, arm, managedInstanceId, project }: Quickstart) {
  if (typeof act === "string") await sqlServer.query(act);
  else if ("onInstance" in act) await managedInstance.query(act.onInstance);
  else if ("program" in act) await project.config({ plain: act.program });
  else if ("azure" in act) await lab.renewCertificate("sqlmi1");
  else {
    const [method = "", path = ""] = act.request.split(" ");
    await arm.send(method, `${managedInstanceId}/${path}`, act.body);
  }
}

async function look(shown: Shown, { sqlServer, managedInstance, arm, managedInstanceId }: Quickstart) {
  if ("query" in shown) return (await (shown.onInstance ? managedInstance : sqlServer).query(shown.query))[0];
  return (await arm.get<{ properties: object }>(`${managedInstanceId}/${shown.get}`))?.properties;
}

/** Looks again for ten seconds: what reconnects needs a moment. */
async function expectShown(shown: Shown, quickstart: Quickstart): Promise<void> {
  const expected = "query" in shown ? shown.row : shown.properties;
  const until = performance.now() + 10_000;
  for (;;) {
    const seen = await look(shown, quickstart);
    try {
      if (expected === undefined) assert.equal(seen, undefined);
      else assert.partialDeepStrictEqual({ ...seen }, expected);
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    await delay(200);
  }
}

function expectWords(text: string, words: RegExp): void {
  assert.ok(words.test(text), `${words} is not in:\n${text}`);
}

const textOf = ({ stdout, stderr }: Operation): string => `${stdout}${stderr}`.replaceAll(/\s+/g, " ");

interface SqlFailure {
  readonly number?: number;
  readonly precedingErrors?: readonly SqlFailure[];
}
function numbersOf(error: unknown): (number | undefined)[] {
  const { number, precedingErrors = [] } = error as SqlFailure;
  return [number, ...precedingErrors.map((one) => one.number)];
}

/** `update endpoint: port`, `create trust` ...; of the three steps of a replacement only the one that names it. */
const changesIn = ({ changes }: Operation): string[] =>
  changes
    .filter(({ op }) => op !== "create-replacement" && op !== "delete-replaced")
    .map((step) => {
      const inputs = step.op === "update" || step.op === "replace" ? `: ${changedInputs(step).join(", ")}` : "";
      return `${step.op} ${step.name}${inputs}`;
    })
    .sort();

/** What a refresh says of the same: `endpoint: port`, `gone trust`. Outputs alone, as of a connection, are no change. */
const foundBy = ({ steps }: Operation): string[] =>
  steps
    .flatMap((step) => {
      if (step.op === "delete") return [`gone ${step.name}`];
      const inputs = changedInputs(step);
      return inputs.length === 0 ? [] : [`${step.name}: ${inputs.join(", ")}`];
    })
    .sort();

const inWordsOfRefresh = (change: string): string =>
  change.replace(/^create /, "gone ").replace(/^(update|replace) /, "");

const driftsIn = ({ changes }: Operation): string[] =>
  changes.flatMap(({ before }) => (typeof before?.drift === "string" ? [before.drift] : []));

function changedInputs({ before = {}, after = {} }: Step): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)].filter((name) => !name.startsWith("__")));
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])).sort();
}
