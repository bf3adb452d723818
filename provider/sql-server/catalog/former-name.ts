import { sameName } from "../../arguments/names";
import type { Sql } from "../connection";
import { sql } from "../tsql";

/** Whether something on the server still bears the name: a replica of a group, or a certificate of its own. */
export async function remembers(server: Pick<Sql, "query">, former: string): Promise<boolean> {
  const rows = await server.query<{ readonly name: string }>(
    `look for the name ${former}`,
    sql`SELECT replica_server_name AS name FROM sys.availability_replicas
    UNION ALL SELECT name FROM sys.certificates WHERE pvt_key_encryption_type <> 'NA'`,
  );
  const inNames = former.replaceAll("\\", "_").toLowerCase();
  return rows.some(({ name }) => sameName(name, former) || name.toLowerCase().includes(`_${inNames}_`));
}
