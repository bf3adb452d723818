import { VisibleError } from "../../errors/visible-error";
import type { Sql } from "../../sql-server/connection";
import { closeEndpoint, endpointsThere } from "./endpoint";
import { dropJob, jobsThere } from "./job";
import { goneOf } from "./maker";

/** Removes whatever a test has made on a server. What could not be removed, or had to stay, is answered. */
export async function removeAll(server: Sql, name: string): Promise<string[]> {
  const stays: string[] = [];
  const attempt = async (what: string, work: () => Promise<string | undefined>) => {
    try {
      const kept = await work();
      if (kept) stays.push(kept);
    } catch (error) {
      stays.push(`${what} (${error instanceof VisibleError ? saidBy(error) : String(error)})`);
    }
  };
  await attempt(`the job ${name}`, async () => {
    await server.change(`drop the job ${name}`, dropJob(name), async () => false);
    return undefined;
  });
  if (!server.instance.isManagedInstance)
    await attempt(`the mirroring endpoint and the certificate ${name}`, () => closeEndpoint(server, name));
  return stays;
}

/** What the server said, on one line. */
export const saidBy = ({ failure: { doing, said = [], cause } }: VisibleError): string =>
  said.length > 0 ? said.join(" ") : (cause ?? `could not ${doing}`);

/** Removes what tests have left behind that were killed; those that are under way keep theirs. */
export async function removeLeftovers(server: Sql, announce: (sentence: string) => void): Promise<string[]> {
  const makers = [
    ...(await jobsThere(server)),
    ...(server.instance.isManagedInstance ? [] : await endpointsThere(server)),
  ];
  const names = new Set((await goneOf(server, makers)).map(({ name }) => name));
  const stays: string[] = [];
  for (const name of names) {
    announce(
      `Removing ${name} from ${server.instance.name} (${server.address}): a test that was killed left it behind.`,
    );
    stays.push(...(await removeAll(server, name)));
  }
  return stays;
}
