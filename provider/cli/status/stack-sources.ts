import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { canonicalInstanceId, instanceIdProblem, sameInAzure } from "../../arguments/managed-instance-id";
import { sameName } from "../../arguments/names";
import type { Config } from "../../arguments/password";
import { addressOf, complete, type SqlServer, sqlServerProperty } from "../../arguments/sql-server-settings";
import { rememberSecret } from "../../errors/secrets";
import { VisibleError } from "../../errors/visible-error";
import { typeOf } from "../../resources/resource-token";
import type { WantedLink } from "./both-sides";
import type { Sources } from "./link-status";
import type { Problem } from "./status-data";

/** What a stack has of links, and the configuration that its references to passwords and its settings of Azure are in. */
export interface StackSources extends Sources {
  readonly config: Config;
}

type Bag = Readonly<Record<string, unknown>>;

interface Exported {
  readonly type: string;
  readonly urn: string;
  readonly inputs?: Bag;
  readonly outputs?: Bag;
  /** Waits to be deleted, after a replacement. */
  readonly delete?: boolean;
}

/** What `pulumi stack export` prints, secrets in clear: passwords are in it, and it is kept in memory only. */
export async function exportStack(stack: string | undefined): Promise<string> {
  const args = ["stack", "export", "--show-secrets", ...(stack === undefined ? [] : ["--stack", stack])];
  try {
    const { stdout } = await promisify(execFile)("pulumi", args, { maxBuffer: 2 ** 30 });
    return stdout;
  } catch (error) {
    const { code, stderr = "" } = error as NodeJS.ErrnoException & { readonly stderr?: string };
    const isMissing = code === "ENOENT";
    throw new VisibleError({
      doing: `read the stack ${stack ?? "that is selected here"}`,
      said: isMissing ? [] : stderr.trim().split("\n").slice(0, 5),
      cause: isMissing ? "the Pulumi CLI is not on PATH." : "pulumi stack export failed.",
      remedy: isMissing
        ? "install it, or give a file that pulumi stack export wrote: --state FILE."
        : "run it by hand in the folder of the project: pulumi stack export --show-secrets --file state.json; then --state state.json.",
    });
  }
}

export async function readState(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new VisibleError({
      doing: `read the state in ${file}`,
      cause: `${(error as NodeJS.ErrnoException).code}: it cannot be read.`,
      remedy: `write it in the folder of the project: pulumi stack export --file ${file}`,
    });
  }
}

/** Servers, instances and links of a state, whatever program and components made it. */
export function sourcesOfState(text: string, credential: string | undefined): StackSources {
  const resources = resourcesIn(text);
  const problems: Problem[] = [];
  const servers = new Map<string, SqlServer>();
  const instances = new Set<string>();
  /** Address of the server in the state of a resource. */
  const addressIn = (bag: Bag, urn: string): string | undefined => {
    const settings = settingsIn(bag, credential);
    if (settings === undefined) return undefined;
    if (typeof settings === "string") {
      if (!problems.some(({ cause }) => cause === settings))
        problems.push({
          level: "unread",
          what: `the SQL Server of ${nameOf(urn)} is not looked at`,
          cause: settings,
          remedy:
            "pulumi stack export --show-secrets --file state.json, readable by you only; or --stack, which keeps secrets in memory; or --credential.",
        });
      return undefined;
    }
    const address = addressOf(complete(settings));
    if (!servers.has(address)) servers.set(address, settings);
    return address;
  };
  const mine = resources.filter(({ type, delete: goes }) => type.startsWith(typeOf("")) && goes !== true);
  const bags = mine.map(({ type, urn, inputs, outputs }) => {
    const bag = { ...inputs, ...outputs };
    const id = bag.managedInstanceId;
    const managedInstanceId =
      typeof id === "string" && instanceIdProblem(id) === undefined ? canonicalInstanceId(id) : undefined;
    if (managedInstanceId !== undefined && ![...instances].some((known) => sameInAzure(known, managedInstanceId)))
      instances.add(managedInstanceId);
    return { kind: type.slice(typeOf("").length), bag, managedInstanceId, address: addressIn(bag, urn) };
  });
  const ofKind = (kind: string) => bags.filter((each) => each.kind === kind);
  const groups = ofKind("DistributedAvailabilityGroup");
  const inAzure = ofKind("InstanceLink").map(({ bag, managedInstanceId, address }): WantedLink => {
    const name = String(bag.linkName);
    const group = groups.find(
      (one) =>
        sameName(String(one.bag.groupName), name) &&
        sameName(String(one.bag.localGroupName), String(bag.partnerAvailabilityGroupName)),
    );
    return { name, managedInstanceId, address: address ?? group?.address };
  });
  const onServers = groups
    .map(({ bag, address }): WantedLink => ({ name: String(bag.groupName), address }))
    .filter(({ name, address }) => !inAzure.some((link) => sameName(link.name, name) && link.address === address));
  return {
    sqlServers: [...servers.values()],
    managedInstances: [...instances],
    links: [...inAzure, ...onServers],
    problems,
    config: configIn(resources),
  };
}

function resourcesIn(text: string): readonly Exported[] {
  let state: { readonly deployment?: { readonly resources?: readonly Exported[] } } | undefined;
  try {
    state = JSON.parse(text);
  } catch {
    state = undefined;
  }
  if (!state?.deployment)
    throw new VisibleError({
      doing: "read the state",
      cause: "it is not what pulumi stack export writes.",
      remedy: "pulumi stack export --file state.json",
    });
  return state.deployment.resources ?? [];
}

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;

/** How a secret is marked in a state (sdk/go/common/resource/sig). */
const [signature, secretMark] = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"];

/** Where a secret that is encrypted stands. */
const encrypted = Symbol("encrypted");

/** The value without the marks of secrets, which are remembered so that no message tells them. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  const bag = value as Bag;
  if (bag[signature] !== secretMark)
    return Object.fromEntries(Object.entries(bag).map(([name, inner]) => [name, plain(inner)]));
  if (typeof bag.plaintext !== "string") return encrypted;
  const secret: unknown = JSON.parse(bag.plaintext);
  if (typeof secret === "string") rememberSecret(secret);
  else if (typeof secret === "object" && secret !== null && "password" in secret)
    rememberSecret(String(secret.password));
  return secret;
}

/** The settings in the state of a resource; a sentence where they are encrypted; undefined where it has none. */
function settingsIn(bag: Bag, credential: string | undefined): SqlServer | string | undefined {
  const value = plain(bag.sqlServer);
  if (value === undefined || value === null) return undefined;
  if (value === encrypted) return "its settings are encrypted in this state.";
  const { password, ...others } = value as Omit<SqlServer, "password"> & { readonly password?: unknown };
  const settings = credential === undefined ? { ...others, password } : { ...others, credential };
  if (settings.credential === undefined && password === encrypted) return "its password is encrypted in this state.";
  const given: SqlServer = JSON.parse(JSON.stringify(settings));
  const problem = sqlServerProperty.check?.(given);
  return problem === undefined ? given : `what the state has of sqlServer ${problem}.`;
}

/** The configuration that the stack's last run gave to the provider. */
function configIn(resources: readonly Exported[]): Config {
  const [, , project = ""] = /^urn:pulumi:([^:]*)::([^:]*)::/.exec(resources[0]?.urn ?? "") ?? [];
  const provider = resources.find(({ type }) => type === "pulumi:providers:pulumi-nodejs");
  return (key) => {
    const value = plain(provider?.inputs?.[key.includes(":") ? key : `${project}:${key}`]);
    return typeof value === "string" ? value : undefined;
  };
}
