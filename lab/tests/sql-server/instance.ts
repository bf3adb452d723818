import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createClock } from "#lab/clock";
import { createFaults } from "#lab/faults/faults";
import { createJournal } from "#lab/journal";
import type { Network, PartnerState, Seeding } from "#lab/network";
import { createBackend } from "#lab/sql-server/backend";
import { createInstance, type InstanceRequest } from "#lab/sql-server/instance";
import { SqlError } from "#lab/tsql/messages";
import type { Column, SqlValue } from "#lab/tsql/types";
import { fixture } from "../support/place";

export const password = "Pa55-word!";
const disconnected: PartnerState = { connected: false, synchronizationHealth: "NOT_HEALTHY", databases: [] };

export const certificateFile = (name: string): Buffer => readFileSync(fixture("certs", name));

export interface Session {
  /** The rows of the last result set. Throws where the batch fails. */
  rows(text: string): Promise<Record<string, SqlValue>[]>;
  /** Every message of the batch, by number: the cause before its consequence. */
  messages(text: string): Promise<Map<number, string>>;
  /** The same rows, with the columns' types. */
  result(
    text: string,
  ): Promise<{ readonly columns: readonly Column[]; readonly rows: readonly (readonly SqlValue[])[] }>;
}

const clock = createClock();

/** Opens one instance by itself, without a port. The test itself says what the instance knows of its partners. */
export function openInstance(request: Partial<InstanceRequest> = {}) {
  const instance = createInstance({
    name: "sqlserver1",
    address: "127.0.0.1",
    tdsPort: 14330,
    clock,
    administrator: { password },
    databases: [
      { name: "db1", isBackedUp: true },
      { name: "db2", isBackedUp: true },
      { name: "fresh" },
      { name: "simple", recoveryModel: "SIMPLE" },
    ],
    ...request,
  });
  const network: Network = {
    partnerState: () => opened.partner,
    seeding: () => opened.seeding,
    isHeldByLink: () => false,
    connect: async () => ({ isOpen: false }),
    isTrusted: () => false,
    changeRole: async () => undefined,
  };
  const journal = createJournal();
  const faults = createFaults();
  const backend = createBackend({ instance, network, clock, journal, faults });

  const client = {
    address: "",
    port: 0,
    isEncrypted: false,
    packetSize: 4096,
    tdsVersion: 0x74000004,
    disconnect: () => undefined,
  };
  const login = (user: string, secret: string, database = "") =>
    backend.login({ user, password: secret, database, hostName: "test", applicationName: "mocha", client });

  async function session(user: string, secret = password): Promise<Session> {
    const answer = await login(user, secret);
    assert.ok("session" in answer);
    const { session: own } = answer;
    async function run(text: string) {
      const messages = new Map<number, string>();
      const note = ({ number, text: said }: Pick<SqlError, "number" | "text">) => void messages.set(number, said);
      let columns: readonly Column[] = [];
      let rows: (readonly SqlValue[])[] = [];
      let failed: SqlError | undefined;
      const sink = {
        columns(next: readonly Column[]) {
          columns = next;
          rows = [];
        },
        row: (values: readonly SqlValue[]) => void rows.push(values),
        statementEnd: () => undefined,
        databaseChanged: () => undefined,
        info: note,
        error(error: SqlError) {
          note(error);
          failed ??= error;
        },
      };
      try {
        await own.batch(text, sink, new AbortController().signal);
      } catch (error) {
        if (!(error instanceof SqlError)) throw error;
        for (const each of [...error.preceding, error]) note(each);
        failed = error;
      }
      return { messages, columns, rows, failed };
    }
    async function result(text: string) {
      const { columns, rows, failed } = await run(text);
      if (failed) throw failed;
      return { columns, rows };
    }
    return {
      async rows(text) {
        const { columns, rows } = await result(text);
        return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])));
      },
      result,
      messages: async (text) => (await run(text)).messages,
    };
  }
  const opened = {
    instance,
    backend,
    journal,
    faults,
    partner: disconnected,
    seeding: undefined as Seeding | undefined,
    login,
    session,
    close: () => backend.close(),
  };
  return opened;
}
