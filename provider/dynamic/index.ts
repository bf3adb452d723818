/**
 * What the state of a stack names: `require("pulumi-mi-link/dynamic").handler("MirroringEndpoint")`. The path and the
 * function stay for as long as states exist that hold them.
 */

import "../node-version";
import { newContext } from "../lifecycle/context";
import * as classes from "../resources/index";
import { type DynamicProvider, dynamicProvider } from "./handler";
import { answered, whenInterrupted } from "./interruption";
import { lastingOutputs } from "./lasting-outputs";

/** All there are, by type. */
export const resources = { ...classes };
export type ResourceType = keyof typeof resources;

/** Of all types: one takes the outputs of another. */
const lasting = lastingOutputs();

export function handler(type: ResourceType): DynamicProvider {
  const provider = dynamicProvider(type, resources[type].lifecycle(), newContext, whenInterrupted(), { lasting });
  return {
    ...provider,
    create: (...args) => answered(provider.create(...args)),
    read: (...args) => answered(provider.read(...args)),
    update: (...args) => answered(provider.update(...args)),
    delete: (...args) => answered(provider.delete(...args)),
  };
}
