import { dropUnused, findCertificate } from "../../sql-server/catalog/certificates";
import { findEndpoint, usersOf } from "../../sql-server/catalog/endpoint";
import { findMasterKey } from "../../sql-server/catalog/master-key";
import type { Sql } from "../../sql-server/connection";
import { type Author, claim, forgetNote, notesOf } from "../../sql-server/notes";
import { type Statement, sql } from "../../sql-server/tsql";
import { type Maker, makerIn } from "./maker";

const author = ({ name }: Maker): Author => ({ stack: "", backend: "", urn: "", token: name, notes: new Set() });

/**
 * Opens the port for as long as the test lasts, on a server without a mirroring endpoint: as the documentation does, with a
 * certificate that nobody trusts. Without a master key there can be none; then the endpoint is for Windows accounts. Each
 * way nobody can connect over it, and the port answers.
 */
export async function openEndpoint(
  server: Sql,
  maker: Maker,
  port: number,
  announce: (what: string) => void,
): Promise<void> {
  const name = sql.identifier(maker.name);
  const hasKey = (await findMasterKey(server))?.opensByItself === true;
  announce(`the mirroring endpoint ${maker.name} on port ${port}${hasKey ? ", its certificate" : ""} and a note of it`);
  await claim(server, "probe", maker.name, "test the network", author(maker), { before: { ...maker } });
  if (hasKey)
    await server.change(
      `make the certificate ${maker.name}`,
      sql`CREATE CERTIFICATE ${name} WITH SUBJECT = N'A test of the network by mi-link preflight --probe'`,
      async () => (await findCertificate(server, maker.name)) !== undefined,
    );
  await server.change(
    `make the mirroring endpoint ${maker.name}`,
    sql`CREATE ENDPOINT ${name} STATE = STARTED AS TCP (LISTENER_PORT = ${sql.int(port)}, LISTENER_IP = ALL)
    FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = ${hasKey ? sql`CERTIFICATE ${name}` : sql`WINDOWS NEGOTIATE`},
      ENCRYPTION = REQUIRED ALGORITHM AES)`,
    async () => (await findEndpoint(server))?.name === maker.name,
  );
}

/** Removes endpoint, certificate and note of a test. Answers why something stays that somebody has taken over meanwhile. */
export async function closeEndpoint(server: Sql, name: string): Promise<string | undefined> {
  if ((await findEndpoint(server))?.name === name) {
    const isTaken = (await notesOf(server, "endpoint")).length > 0 || (await usersOf(server)).length > 0;
    if (isTaken) return "something else uses the endpoint by now";
    await server.change(`drop the mirroring endpoint ${name}`, dropEndpoint(name), async () => false);
  }
  const users = await dropUnused(server, name, undefined);
  if (users.length > 0) return `the certificate is used by now: ${users.join(", ")}`;
  for (const note of await notesOf(server, "probe")) if (note.name === name) await forgetNote(server, "probe", note);
  return undefined;
}

export const dropCertificate = (name: string): Statement =>
  sql`IF CERT_ID(${sql.string(sql.identifier(name).text)}) IS NOT NULL
    DROP CERTIFICATE ${sql.identifier(name)}`;

export const dropEndpoint = (name: string): Statement =>
  sql`IF EXISTS (SELECT 1 FROM sys.database_mirroring_endpoints WHERE name = ${sql.string(name)})
    AND NOT EXISTS (SELECT 1 FROM sys.availability_groups)
    DROP ENDPOINT ${sql.identifier(name)}`;

/** The endpoints of every test, this one's and others', with who makes them. */
export const endpointsThere = async (server: Sql): Promise<Maker[]> =>
  (await notesOf(server, "probe")).flatMap(({ before }) => makerIn(before) ?? []);
