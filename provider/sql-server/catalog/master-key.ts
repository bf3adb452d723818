import type { Sql } from "../connection";
import type { Obstacle } from "../obstacle";
import { sql } from "../tsql";

/** The database master key of `master`. */
export interface MasterKey {
  /** sys.symmetric_keys.key_guid, which tells it from a later one. */
  readonly keyGuid: string | null;
  /** Whether the server can open it by itself. Otherwise its certificates are of no use (15581), and no endpoint connects. */
  readonly opensByItself: boolean;
}

/** 101 is always the id of the database master key (the script page asks by it). */
export const masterKeyQuery = sql`SELECT CONVERT(nvarchar(36), k.key_guid) AS keyGuid,
      (SELECT d.is_master_key_encrypted_by_server FROM sys.databases d WHERE d.database_id = 1) AS opensByItself
    FROM sys.symmetric_keys k WHERE k.symmetric_key_id = 101`;

export async function findMasterKey(server: Sql): Promise<MasterKey | undefined> {
  const [row] = await server.query<MasterKey>("look for the database master key", masterKeyQuery);
  return row;
}

export const masterKeyObstacles = ({ opensByItself }: MasterKey): Obstacle[] =>
  opensByItself
    ? []
    : [
        {
          code: 15581,
          problem:
            "the database master key of master is not encrypted by the service master key, so the server cannot open it",
          remedy: `in one session: ${mending.text}`,
          statements: [mending],
        },
      ];

/** In one session, as a key stays open in the one that opened it. */
const mending = sql`USE master; OPEN MASTER KEY DECRYPTION BY PASSWORD = '<its password>'; ALTER MASTER KEY ADD ENCRYPTION BY SERVICE MASTER KEY;`;
