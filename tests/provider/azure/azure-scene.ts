import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { JournalEntry } from "#lab/journal";
import { createScene, type Scene, type SceneOptions } from "#lab-tests/managed-instance/scene";
import { azureAccess } from "#provider/azure/client";
import type { Waits } from "#provider/azure/requests";
import { VisibleError } from "#provider/errors/visible-error";
import { checkInputs } from "#provider/lifecycle/check";
import type { Context, ContextFactory } from "#provider/lifecycle/context";
import { newContext } from "#provider/lifecycle/context";
import type { Lifecycle } from "#provider/lifecycle/contract";

/** The provider's own context, pointed at the lab's Azure by configuration as a user would. */
export interface AzureScene extends Scene {
  readonly instanceId: string;
  readonly config: Record<string, string | undefined>;
  readonly statuses: string[];
  readonly warnings: string[];
  context(changes?: { readonly signal?: AbortSignal; readonly config?: Record<string, string | undefined> }): Context;
  /** Requests to Azure Resource Manager so far: "PUT distributedAvailabilityGroups/DAG_db1 202". */
  requests(): string[];
  close(): Promise<void>;
}

/** Short, as the lab is always up to date. */
const shortWaits: Waits = { betweenLooks: [20, 30], untilShown: 2000, untilShownAsMade: 1500 };

/** The provider's context, but that it looks again after milliseconds. */
export const hastyContext: ContextFactory = (operation) => ({
  ...newContext(operation),
  azure: azureAccess({ ...operation, waits: shortWaits }),
});

export async function createAzureScene(options?: SceneOptions): Promise<AzureScene> {
  // Client and lab share one process, on a machine that may be busy: waiting for it must not look like a silent SQL Server.
  const scene = await createScene({ ...options, options: { linkTimeoutMilliseconds: 15_000, ...options?.options } });
  const folder = mkdtempSync(path.join(tmpdir(), "mi-link-test-"));
  const caFile = path.join(folder, "ca.pem");
  writeFileSync(caFile, scene.address.ca);
  const { endpoint, tenantId, clientId, clientSecret } = scene.address;
  const config = {
    "mi-link:armEndpoint": endpoint,
    "mi-link:authorityHost": endpoint,
    "mi-link:caFile": caFile,
    "azure-native:tenantId": tenantId,
    "azure-native:clientId": clientId,
    "azure-native:clientSecret": clientSecret,
  };
  const statuses: string[] = [];
  const warnings: string[] = [];
  const { subscriptionId, resourceGroup, engine } = scene.instance;
  return {
    ...scene,
    instanceId: `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Sql/managedInstances/${engine.name}`,
    config,
    statuses,
    warnings,
    context({ signal = new AbortController().signal, config: changes = {} } = {}) {
      const settings: Record<string, string | undefined> = { ...config, ...changes };
      return hastyContext({
        signal,
        status: (text) => statuses.push(text),
        warn: (text) => warnings.push(text),
        config: (key) => settings[key],
      });
    },
    requests: () => scene.journal.entries.flatMap(asRequest),
    async close() {
      rmSync(folder, { recursive: true });
      await scene.close();
    },
  };
}

function asRequest(entry: JournalEntry): string[] {
  if (entry.kind !== "request" || !entry.path.startsWith("/subscriptions/")) return [];
  return [`${entry.method} ${entry.path.split("/").slice(-2).join("/")} ${entry.status}`];
}

export const changes = (requests: readonly string[]): string[] =>
  requests.filter((request) => !request.startsWith("GET "));

/** What check makes of the arguments of a program. */
export function checked<Inputs extends object, State extends Inputs>(
  lifecycle: Lifecycle<Inputs, State>,
  given: object,
): Inputs {
  const { inputs, failures } = checkInputs(lifecycle, { ...given });
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
  return inputs as Inputs;
}

/** The reasons for which check refuses the arguments. */
export function problems<Inputs extends object, State extends Inputs>(
  lifecycle: Lifecycle<Inputs, State>,
  given: object,
): string {
  return checkInputs(lifecycle, { ...given })
    .failures.map(({ reason }) => reason)
    .join("\n");
}

/** The message of what is thrown, which a user reads; anything that is not meant for users fails the test. */
export async function refusal(work: Promise<unknown>): Promise<VisibleError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof VisibleError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}
