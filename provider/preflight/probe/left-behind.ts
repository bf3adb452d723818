import { VisibleError } from "../../errors/visible-error";
import type { Sql } from "../../sql-server/connection";
import type { Statement } from "../../sql-server/tsql";
import type { Step } from "../finding";
import { type NotRead, notRead } from "../told";
import { goneOf } from "./maker";
import { dropJob, jobsThere } from "./probe-job";
import { closeEndpoint, dropCertificate, dropEndpoint, endpointsThere } from "./temporary-endpoint";

/** What stays on a server although a test has made it. */
export interface Left {
  /** The server, for sentences. */
  readonly where: string;
  readonly what: string;
  readonly why: string;
  /** What removes it. */
  readonly remedy: readonly Step[];
}

/** Removes whatever a test has made on a server; says what could not be removed, or had to stay. */
export async function removeAll(server: Sql, name: string): Promise<Left[]> {
  const { isManagedInstance } = server.instance;
  const left: Left[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>, ...by: readonly Statement[]): Promise<void> => {
    const where = labelOf(server);
    try {
      const kept = await work();
      if (typeof kept === "string") left.push({ where, what, why: kept, remedy: [] });
    } catch (error) {
      const { why }: NotRead = error instanceof VisibleError ? notRead(error) : { why: String(error) };
      const how = isManagedInstance ? "managed-instance" : "sql-server";
      left.push({ where, what, why, remedy: by.map(({ text }) => ({ how, text })) });
    }
  };
  await attempt(
    `the job ${name}`,
    () => server.change(`drop the job ${name}`, dropJob(name), async () => false),
    dropJob(name),
  );
  if (!isManagedInstance)
    await attempt(
      `the mirroring endpoint ${name}, or its certificate`,
      () => closeEndpoint(server, name),
      dropEndpoint(name),
      dropCertificate(name),
    );
  return left;
}

export const labelOf = (server: Sql): string => `${server.instance.name} (${server.address})`;

/** Removes what tests have left behind that were killed; those that are under way keep theirs. */
export async function removeLeftovers(server: Sql, announce: (sentence: string) => void): Promise<Left[]> {
  const { isManagedInstance } = server.instance;
  const makers = [...(await jobsThere(server)), ...(isManagedInstance ? [] : await endpointsThere(server))];
  const left: Left[] = [];
  for (const name of new Set((await goneOf(server, makers)).map((maker) => maker.name))) {
    announce(`Removing ${name} from ${labelOf(server)}: a test that was killed left it behind.`);
    left.push(...(await removeAll(server, name)));
  }
  return left;
}
