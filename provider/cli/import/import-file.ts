import { shortId } from "../../arguments/managed-instance-id";
import type { ResourceType } from "../../dynamic/index";
import type { Bag } from "../../lifecycle/contract";
import { providerOf } from "../../resources/link-resource";
import type { Registered } from "../run-program";
import type { Looked } from "./observed-program";

/** An element of the file that `pulumi import --file` reads. */
interface Entry {
  readonly type: string;
  readonly name: string;
  readonly parent?: string;
  readonly component?: true;
  readonly id?: string;
  readonly inputs: Bag;
  readonly outputs?: Bag;
}

/**
 * The file for `pulumi import --file`. It gives each resource's whole state, so that the engine asks the provider for
 * nothing: a dynamic provider can only be asked for what a state names. What is not there is left out.
 */
export function importFile(registered: readonly Registered<Looked>[], server: string): { readonly resources: Entry[] } {
  return {
    resources: registered.flatMap(({ type, name, parent, inputs, answer: found }): Entry[] => {
      if (!found) return [{ type, name, parent, component: true, inputs }];
      if (!found.outputs) return [];
      const provider = { __provider: providerOf(found.kind) };
      const id = idOf(found.kind, found.outputs, server);
      return [
        { type, name, parent, id, inputs: { ...inputs, ...provider }, outputs: { ...found.outputs, ...provider } },
      ];
    }),
  };
}

/** The id that the resource has where it is made: `<server>/<name>` or `<managed instance>/<name>`. */
export function idOf(kind: ResourceType, state: Bag, server: string): string {
  const text = (name: string) => String(state[name]);
  const onServer = (name: string) => `${server}/${name}`;
  const onInstance = (name: string) => shortId(text("managedInstanceId"), name);
  const ids: Readonly<Record<ResourceType, () => string>> = {
    MasterKey: () => onServer("master-key"),
    TrustedRoots: () => onServer("trusted-roots"),
    SqlServerCertificate: () => onServer(text("certificateName")),
    ManagedInstanceCertificate: () => onServer(text("fqdn")),
    MirroringEndpoint: () => onServer(text("endpointName")),
    FullRecoveryDatabase: () => onServer(text("databaseName")),
    AvailabilityGroup: () => onServer(text("groupName")),
    DistributedAvailabilityGroup: () => onServer(text("groupName")),
    TrustCertificate: () => onInstance(text("certificateName")),
    InstanceLink: () => onInstance(text("linkName")),
  };
  return ids[kind]();
}
