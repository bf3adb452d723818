import assert from "node:assert/strict";
import type { PartnerState } from "#lab/network";
import type { Instance } from "#lab/sql-server/model";
import type { Answer, Json } from "./arm-client";
import { linkAddress, linkBody, type Scene } from "./scene";

export function putLink(scene: Scene, changes?: object): Promise<Answer> {
  return scene.arm.send("PUT", linkAddress(scene), linkBody(scene, changes));
}

/** Creates a link and waits for the end of the operation. */
export async function createLink(scene: Scene, changes?: object): Promise<Answer> {
  return scene.arm.finish(await putLink(scene, changes));
}

export async function linkedDatabase(scene: Scene): Promise<Json | undefined> {
  const link = await scene.arm.send("GET", linkAddress(scene));
  return link.body.properties?.databases?.[0];
}

export function seenFromSqlServer(scene: Scene): PartnerState {
  return seenFrom(scene.sqlServer, scene);
}

export function seenFromInstance(scene: Scene): PartnerState {
  return seenFrom(scene.instance.engine, scene);
}

function seenFrom(instance: Instance, { running }: Scene): PartnerState {
  const group = instance.groups.get("dag_db1");
  assert.ok(group);
  return running.network.partnerState(instance, group);
}
