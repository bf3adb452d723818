import type { AzureClient, SqlClient } from "./client";
import { judgeAzureClient, judgeSqlClient } from "./procedure";
import { seedBatches } from "./seed";
import type { Step } from "./step";

/** The result of one client's run against the lab. */
export interface Judgement {
  readonly name: string;
  readonly version: string;
  /** The number of batches of a SQL client, or of commands of a client of Azure. */
  readonly batches: number;
  readonly agreed: number;
  readonly ran: boolean;
  /** The link as the client showed it in the end. */
  readonly saw?: string;
  /** Why it did not run, or what it did not agree with. */
  readonly reason?: string;
}

export async function judge(client: SqlClient | AzureClient, folder: string): Promise<Judgement> {
  const { name, version } = client;
  try {
    const { steps, saw } =
      client.kind === "sql" ? await judgeSqlClient(client, folder) : await judgeAzureClient(client, folder);
    const wrong = steps.filter(({ disagreement }) => disagreement !== undefined);
    const counts = { batches: steps.length, agreed: steps.length - wrong.length };
    return { name, version, ...counts, ran: true, saw, reason: described(wrong) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { name, version, batches: client.kind === "sql" ? seedBatches.length : 1, agreed: 0, ran: true, reason };
  }
}

export function notRun({ name, version }: SqlClient | AzureClient, reason: string): Judgement {
  return { name, version, batches: 0, agreed: 0, ran: false, reason };
}

function described(steps: readonly Step[]): string | undefined {
  if (steps.length === 0) return undefined;
  return steps.map(({ what, disagreement }) => `${what}: ${disagreement}`).join("; ");
}
