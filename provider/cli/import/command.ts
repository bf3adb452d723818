import { join } from "node:path";
import type { Command } from "commander";
import { canonicalInstanceId } from "../../arguments/managed-instance-id";
import type { SqlServer } from "../../arguments/sql-server-settings";
import { resources } from "../../dynamic/index";
import { counted } from "../../errors/wording";
import type { Context } from "../../lifecycle/context";
import type { Program } from "../declarations";
import { writeNew } from "../new-files";
import { clearStatus, jsonOf, say, status } from "../output";
import type { Registered } from "../run-program";
import { contextOf, managedInstanceOption, type SqlServerOptions, settingsOf, sqlServerOptions } from "../servers";
import { importFile } from "./import-file";
import { findLinks, type There } from "./links-there";
import { type Looked, observe } from "./observed-program";
import { programText } from "./program-text";
import { allComponents, type Components, knownAs, ownership, programFor } from "./programs";

interface Options extends SqlServerOptions {
  readonly managedInstance: string;
  readonly link?: readonly string[];
  readonly out: string;
  readonly force?: boolean;
}

/** Files that are written into the folder of `--out`. */
const files = { state: "mi-link-import.json", program: "index.ts" } as const;

export function addImport(program: Command): void {
  const command = program
    .command("import")
    .description(
      "Take over links that exist: write the file for `pulumi import` and the program that declares them. Changes nothing on the servers.",
    );
  for (const option of [...sqlServerOptions, managedInstanceOption()]) command.addOption(option);
  command
    .option("--link <name...>", "names of the links (default: all between the two)")
    .requiredOption("--out <folder>", `where ${files.state} and ${files.program} are written`)
    .option("--force", "overwrite them")
    .addHelpText(
      "after",
      "\nAzure is signed in to as the provider does: az login, AZURE_*, ARM_*, a managed identity; MI_LINK_ARM_ENDPOINT and MI_LINK_CA_FILE.",
    )
    .action(async (options: Options) => {
      const imported = await takeOver(options).finally(clearStatus);
      await write(options, imported);
      say(program.opts().json === true ? jsonOf(reportOf(options, imported)) : textOf(options, imported));
    });
}

interface Imported {
  readonly there: There;
  readonly program: Program;
  readonly registered: readonly Registered<Looked>[];
  /** What the program cannot say, or will change: a sentence each. */
  readonly differences: readonly string[];
}

async function takeOver(options: Options): Promise<Imported> {
  const settings = settingsOf(options);
  const managedInstanceId = canonicalInstanceId(options.managedInstance);
  const warnings = new Set<string>();
  const context = contextOf((message) => warnings.add(message));
  status("looking at both sides");
  const there = await findLinks(settings, managedInstanceId, options.link ?? [], context);
  const found = await fitting(there, settings, managedInstanceId, context);
  const differences = found.registered.flatMap(differencesOf);
  return { there, ...found, differences: [...new Set([...there.notes, ...warnings, ...differences])] };
}

/** Tries the components first; where a part would differ from what is there, single resources take its place. */
async function fitting(there: There, settings: SqlServer, managedInstanceId: string, context: Context) {
  const look = async (components: Components) => {
    const program = programFor(there, settings, managedInstanceId, components);
    const own: Parameters<typeof observe>[2] = (kind, state) => ownership(there, kind, state);
    return { program, registered: await observe(program, knownAs(there), own, context) };
  };
  const first = allComponents(there);
  const tried = await look(first);
  const parents = new Map(tried.registered.map(({ name, parent }) => [name, parent]));
  const outermost = (name: string): string => {
    const parent = parents.get(name);
    return parent === undefined ? name : outermost(parent);
  };
  const unfit = new Set(
    tried.registered.filter(({ answer }) => answer && answer.differs.length > 0).map(({ name }) => outermost(name)),
  );
  if (unfit.size === 0) return tried;
  const links = tried.program.declarations.filter(({ kind }) => kind === "ManagedInstanceLink");
  return await look({
    isPairing: !unfit.has("pairing"),
    links: new Set(there.links.filter((_, i) => !unfit.has(links[i]?.name ?? "")).map(({ linkName }) => linkName)),
  });
}

function differencesOf({ name, inputs, answer: found }: Registered<Looked>): string[] {
  if (!found) return [];
  const what = `${found.kind} ${name}`;
  if (!found.outputs) return [`${what}: there is none. It is not imported; the first up makes it.`];
  const lifecycle = resources[found.kind].lifecycle();
  const { outputs: state, differs, drift } = found;
  return [
    ...differs.map(
      (input) =>
        `${what}: ${input} is ${JSON.stringify(state[input]) ?? "not set"}, and the program has ${JSON.stringify(inputs[input]) ?? "none"}: the preview shows an update.`,
    ),
    ...(drift === undefined ? [] : [`${what}: ${drift}. The next up puts that right, and the preview says so.`]),
    ...(lifecycle.warnings?.(state, new Date()) ?? []),
    ...(found.kind === "MasterKey" && state.created === false
      ? [`${what}: other certificates are encrypted by it too, so destroy keeps it.`]
      : []),
  ];
}

async function write({ out, force = false }: Options, { there, program, registered }: Imported): Promise<void> {
  const state = jsonOf(importFile(registered, there.server.instance.name));
  const written = [
    { name: files.state, text: `${state}\n`, mode: 0o600 },
    { name: files.program, text: programText(program) },
  ];
  await writeNew(out, written, force);
}

/**
 * An import records no order, in which a destroy could go. So what is imported stays protected, as an import leaves it,
 * until an up of the program, which has no such option, has recorded the order.
 */
const commands = (out: string): readonly string[] => [
  `pulumi import --file ${join(out, files.state)} --generate-code=false`,
  "pulumi preview",
  "pulumi up",
];

function reportOf({ out }: Options, { there, registered, differences }: Imported) {
  return {
    sqlServer: there.server.instance.name,
    managedInstance: there.instance.name,
    links: there.links.map(({ linkName }) => linkName),
    resources: registered.map(({ type, name, answer }) => ({
      type,
      name,
      imported: answer ? Boolean(answer.outputs) : true,
    })),
    files: { import: join(out, files.state), program: join(out, files.program) },
    differences,
    commands: commands(out),
  };
}

function textOf({ out }: Options, { there, registered, differences }: Imported): string {
  const [importing, previewing, up] = commands(out);
  const count = registered.filter(({ answer }) => answer?.outputs).length;
  return [
    `${there.links.map(({ linkName }) => linkName).join(", ")}: ${counted(count, "resource")} on ${there.server.instance.name} and ${there.instance.name}.`,
    `Written: ${join(out, files.state)}, ${join(out, files.program)}. Nothing was changed on the servers.`,
    "",
    ...(differences.length === 0
      ? ["The program says all that is there."]
      : ["What the program does not say, or will change:", ...differences.map((line) => `  - ${line}`)]),
    "",
    `Now, in the folder of the Pulumi project whose program this is to be (npm install pulumi-mi-link; ${files.program} is its program):`,
    `  ${importing}`,
    "      puts what is there into the stack's state, and changes nothing else",
    `  ${previewing}`,
    differences.length === 0
      ? "      must show no change; if it shows one, stop and look"
      : "      must show no other change than those above; if it shows one, stop and look",
    `  ${up}`,
    "      records the order of the resources, which an import does not; until then they are protected from pulumi destroy",
    "",
    "From then on all of it is the stack's own: pulumi destroy removes it, but what something else still uses, and the",
    'copy on the managed instance (databaseOnDelete: "Delete" removes that too).',
  ].join("\n");
}
