import assert from "node:assert/strict";
import { type Lab, startLab } from "#lab/index";
import type { ResourceType } from "#provider/dynamic/index";
import type { Bag } from "#provider/lifecycle/contract";
import { disconnectAll } from "#provider/sql-server/connection";
import { type ArmClient, openArmClient, openSqlClient, type SqlClient } from "#tools/clients";
import { checkedArgs, type Place, placeIn, providerOf, tenResources } from "./ten-resources";

export interface Made {
  readonly id: string;
  readonly outs: Bag;
}

/** Stacks that share a SQL Server and a managed instance, and a DBA; begun anew for each test. */
export class Stacks {
  lab!: Lab;
  place!: Place;
  dba!: SqlClient;
  otherServer!: SqlClient;
  arm!: ArmClient;
  readonly warnings: string[] = [];
  readonly made: Record<string, Bag> = {};

  async open(): Promise<void> {
    this.lab = await startLab({ sqlServers: 2 });
    const { ready } = this.lab;
    this.place = placeIn(ready);
    const [first, second] = ready.sqlServers;
    assert.ok(first && second);
    this.dba = await openSqlClient(first, ready.caFile);
    this.otherServer = await openSqlClient(second, ready.caFile);
    this.arm = await openArmClient(ready.arm, ready.caFile);
    this.warnings.length = 0;
  }

  async close(): Promise<void> {
    await Promise.all([this.dba.close(), this.otherServer.close(), disconnectAll()]);
    await this.lab.close();
  }

  /** Each run has a process of its own. `config`: settings of the stack. */
  run(type: ResourceType, config: Readonly<Record<string, string>> = {}): ReturnType<typeof providerOf> {
    const place = { ...this.place, config: { ...this.place.config, ...config } };
    return providerOf({ type }, place, (warning) => this.warnings.push(warning));
  }

  argsOf(stack: string, type: ResourceType, more: Bag): Bag {
    return {
      ...tenResources.find((one) => one.type === type)?.args(this.place, this.made),
      __urn: `urn:pulumi:${stack}::links::pulumi-nodejs:dynamic/mi-link:${type}::one`,
      ...more,
    };
  }

  async create(
    stack: string,
    type: ResourceType,
    more: Bag = {},
    config: Readonly<Record<string, string>> = {},
  ): Promise<Made> {
    const provider = await this.run(type, config);
    const created = await provider.create(await checkedArgs(provider, this.argsOf(stack, type, more)));
    this.made[type] = created.outs;
    return created;
  }

  async up(stack: string, type: ResourceType, { id, outs }: Made, more: Bag = {}): Promise<Made> {
    const provider = await this.run(type);
    const inputs = await checkedArgs(provider, this.argsOf(stack, type, more));
    assert.equal((await provider.diff(id, outs, inputs)).changes, true);
    return { id, ...(await provider.update(id, outs, inputs)) };
  }

  async destroy(type: ResourceType, { id, outs }: Made, config: Readonly<Record<string, string>> = {}) {
    await (await this.run(type, config)).delete(id, outs);
  }

  async isThere(type: ResourceType, { id, outs }: Made): Promise<boolean> {
    return (await (await this.run(type)).read(id, outs)).props !== undefined;
  }

  async notesOn(server: SqlClient = this.dba): Promise<Bag[]> {
    const rows = await server.query<{ value: string }>(
      "SELECT CONVERT(nvarchar(4000), value) AS value FROM sys.extended_properties WHERE class = 0",
    );
    return rows.map(({ value }) => JSON.parse(value));
  }
}

export const stacksIn = (notes: readonly Bag[]) => [...new Set(notes.map(({ stack }) => stack))];
