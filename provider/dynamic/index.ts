/**
 * The state of each resource holds the code `require("pulumi-mi-link/dynamic").handler("MirroringEndpoint")`, which the
 * engine runs. So this path and this function must keep their names for as long as such states exist.
 */

import "../node-version";
import { newContext } from "../lifecycle/context";
import * as classes from "../resources/index";
import { type DynamicProvider, dynamicProvider } from "./handler";
import { answered, whenInterrupted } from "./interruption";
import { lastingOutputs } from "./lasting-outputs";
import { notesSeen } from "./notes-seen";

/** The resource classes by type. */
export const resources = { ...classes };
export type ResourceType = keyof typeof resources;

/** Shared by all types: one takes the outputs of another, and they are on the same servers. */
const shared = { lasting: lastingOutputs(), seen: notesSeen(), declared: new Set<unknown>() };

export function handler(type: ResourceType): DynamicProvider {
  const provider = dynamicProvider(type, resources[type].lifecycle(), newContext, whenInterrupted(), shared);
  return {
    ...provider,
    create: (...args) => answered(provider.create(...args)),
    read: (...args) => answered(provider.read(...args)),
    update: (...args) => answered(provider.update(...args)),
    delete: (...args) => answered(provider.delete(...args)),
  };
}
