import { digitsOf } from "../arguments/hexadecimal";
import { childId, collectionOf, nameInId, sameInAzure } from "../arguments/managed-instance-id";
import { pause } from "../errors/interrupted";
import { isFailure, VisibleError } from "../errors/visible-error";
import { azureFailure } from "./azure-failure";
import type { Fault } from "./fault";
import { type InstanceBody, instanceFault, instanceOf, type ManagedInstance } from "./managed-instance";
import {
  type AzureOperation,
  type ChangeOptions,
  goneCodes,
  isGone,
  requestsOf,
  seconds,
  usualWaits,
} from "./requests";
import { untilAnswered } from "./retry";

export type { ManagedInstance } from "./managed-instance";

/**
 * Azure Resource Manager, as lifecycles use it in one operation. Tokens and connections behind it are shared by the
 * process. Every method waits, with a word to the user, while Azure throttles, is out of order for a moment, or the
 * instance is busy with something else; what remains is thrown as a VisibleError with Azure's code.
 * `doing` completes "Could not ...": "create the link [x] on the managed instance mi1".
 */
export interface AzureAccess {
  /** Azure's clock, as its last answer had it; this machine's before the first. */
  now(): Date;
  /** The instance behind a resource id. Throws when it, its resource group or its subscription is missing, or when it is stopped. */
  managedInstance(id: string): Promise<ManagedInstance>;
  /** Public key of the instance's DATABASE_MIRRORING endpoint: DER in upper-case hexadecimal, without `0x`. Throws as `managedInstance`. */
  endpointCertificate(id: string): Promise<string>;
  /**
   * Looks once. undefined when the resource, its instance or its resource group is gone; or when the part of Azure that
   * answers has not heard of it yet. So nothing may be changed or forgotten for this answer: see `findForSure`.
   */
  find<Properties>(doing: string, resourceId: string): Promise<ArmResource<Properties> | undefined>;
  /** Looks up to three times within ten seconds, the last time at the list, before it says undefined. */
  findForSure<Properties>(doing: string, resourceId: string): Promise<ArmResource<Properties> | undefined>;
  /** Looks before something is made: at the resource and, where that shows nothing, at the list. Either may be out of date. */
  findOrListed<Properties>(doing: string, resourceId: string): Promise<ArmResource<Properties> | undefined>;
  /**
   * Looks, after a PUT that succeeded, until Azure shows the resource as it was asked for. After ten seconds it takes
   * what is shown although it differs; after two minutes without anything it says undefined.
   */
  appeared<Properties>(
    doing: string,
    resourceId: string,
    isAsAsked?: (resource: ArmResource<Properties>) => boolean,
  ): Promise<ArmResource<Properties> | undefined>;
  /** Looks again, up to twice within ten seconds, while the answer would do harm if it were out of date. */
  threeTimes<T>(doing: string, look: (isLast: boolean) => Promise<T>, isHarmless: (answer: T) => boolean): Promise<T>;
  /** Throws when the instance or resource group that the collection belongs to is missing, as `managedInstance` does. */
  list<Properties>(doing: string, collectionId: string): Promise<readonly ArmResource<Properties>[]>;
  /** PUT, PATCH and DELETE last until their long-running operation has ended; a failed one is thrown. */
  put(doing: string, resourceId: string, properties: object, options?: PutOptions): Promise<void>;
  patch(doing: string, resourceId: string, properties: object): Promise<void>;
  /** Succeeds when the resource is gone already, for sure, and then answers false: somebody else, or a lost request, deleted it. */
  delete(doing: string, resourceId: string): Promise<boolean>;
}

export type PutOptions = Pick<ChangeOptions, "progress" | "deadline" | "whatIsThere">;

export interface ArmResource<Properties> {
  readonly id: string;
  readonly name: string;
  readonly properties: Properties;
}

/** A proxy, or another service at that address, may answer in Azure's place, with success. */
const notAzure = (doing: string): VisibleError =>
  new VisibleError({
    doing,
    cause: "what answered is not Azure Resource Manager: a proxy on the way, or another service at its address.",
    remedy:
      "open the address in a browser from this machine, and see what answers: that of the cloud, or of mi-link:armEndpoint and MI_LINK_ARM_ENDPOINT.",
  });

function resourceIn<Properties>(doing: string, body: unknown): ArmResource<Properties> {
  const { properties } = (body ?? {}) as Partial<ArmResource<Properties>>;
  if (typeof properties !== "object" || properties === null) throw notAzure(doing);
  return body as ArmResource<Properties>;
}

export function azureAccess(operation: AzureOperation): AzureAccess {
  const { signal, status, waits = usualWaits } = operation;
  const { once, get, getForSure, threeTimes, change, isMissing, remember, now } = requestsOf(operation);

  const list = async <Properties>(
    doing: string,
    collectionId: string,
    lookAt = get,
  ): Promise<readonly ArmResource<Properties>[]> => {
    const all: ArmResource<Properties>[] = [];
    for (let path: string | undefined = collectionId; path !== undefined; ) {
      const { body } = await lookAt(doing, path);
      const page = body as { readonly value?: readonly ArmResource<Properties>[]; readonly nextLink?: string } | null;
      if (!Array.isArray(page?.value)) throw notAzure(doing);
      all.push(...page.value);
      path = page.nextLink;
    }
    return all;
  };

  async function findInList<Properties>(
    doing: string,
    resourceId: string,
  ): Promise<ArmResource<Properties> | undefined | "no instance"> {
    const { collection } = collectionOf(resourceId);
    try {
      const all = await list<Properties>(doing, collection);
      return all.find(({ name }) => sameInAzure(name, nameInId(resourceId)));
    } catch (error) {
      if (isFailure(error, ...goneCodes)) return "no instance";
      throw error;
    }
  }

  const listed = async <Properties>(
    doing: string,
    resourceId: string,
  ): Promise<ArmResource<Properties> | undefined> => {
    const found = await findInList<Properties>(doing, resourceId);
    return found === "no instance" ? undefined : found;
  };

  return {
    now,

    async managedInstance(id) {
      const doing = `look at the managed instance ${id}`;
      try {
        return await getForSure(doing, id, async () => {
          const answer = await once(doing, { method: "GET", path: id }, signal);
          if ("fault" in answer) return answer;
          const body = resourceIn(doing, answer.value.body) as unknown as InstanceBody;
          const fault = instanceFault(body);
          return fault ? { fault } : { value: instanceOf(id, body) };
        });
      } catch (error) {
        if (isFailure(error, ...goneCodes)) remember(id);
        throw error;
      }
    },

    async endpointCertificate(id) {
      const doing = `read the endpoint certificate of the managed instance ${id}`;
      const path = childId(id, "endpointCertificates", "DATABASE_MIRRORING");
      const { body } = await getForSure(doing, id, () => once(doing, { method: "GET", path }, signal));
      return digitsOf(resourceIn<{ readonly publicBlob: string }>(doing, body).properties.publicBlob);
    },

    async find<Properties>(doing: string, resourceId: string) {
      return await untilAnswered<ArmResource<Properties> | undefined>(doing, { signal, status }, async () => {
        const answer = await once(doing, { method: "GET", path: resourceId }, signal);
        if ("value" in answer) return { value: resourceIn<Properties>(doing, answer.value.body) };
        return isGone(answer.fault) ? { value: undefined } : answer;
      });
    },

    async findOrListed<Properties>(doing: string, resourceId: string) {
      return (await this.find<Properties>(doing, resourceId)) ?? (await listed<Properties>(doing, resourceId));
    },

    async findForSure<Properties>(doing: string, resourceId: string) {
      const { instance } = collectionOf(resourceId);
      const found = await threeTimes<ArmResource<Properties> | undefined | "no instance">(
        doing,
        (isLast) => (isLast ? findInList(doing, resourceId) : this.find(doing, resourceId)),
        (answer) => answer !== undefined || isMissing(instance),
      );
      if (found !== "no instance") return found;
      remember(instance);
      return undefined;
    },

    async appeared<Properties>(
      doing: string,
      resourceId: string,
      isAsAsked: (resource: ArmResource<Properties>) => boolean = () => true,
    ) {
      const begun = Date.now();
      for (let wait = 500; ; wait = Math.min(wait * 1.5, 10_000)) {
        const found = await this.find<Properties>(doing, resourceId);
        if (found && isAsAsked(found)) return found;
        const longest = found ? waits.untilShownAsMade : waits.untilShown;
        if (Date.now() + wait - begun > longest) return found ?? (await listed(doing, resourceId));
        status(
          `Azure does not show ${found ? "the change" : "it"} yet; looking again in ${seconds(wait)} s to ${doing}`,
        );
        await pause(wait, doing, signal);
      }
    },

    threeTimes,

    list: (doing, collectionId) =>
      list(doing, collectionId, (_, path) =>
        getForSure(doing, collectionOf(collectionId).collection, () => once(doing, { method: "GET", path }, signal)),
      ),

    put: (doing, resourceId, properties, options) =>
      change(doing, { method: "PUT", path: resourceId, body: { properties } }, options),
    patch: (doing, resourceId, properties) =>
      change(doing, { method: "PATCH", path: resourceId, body: { properties } }),
    async delete(doing, resourceId) {
      for (let attempt = 1; ; attempt++) {
        let refused: Fault | undefined;
        let isNothing = false;
        await change(
          doing,
          { method: "DELETE", path: resourceId },
          {
            accepted: ({ status }) => {
              isNothing = status === 204;
            },
            isDone: (fault) => {
              // A link that is not there: DELETE is accepted all the same, and its operation fails with OperationIdNotFound.
              const isNotThere = isGone(fault) || fault.code === "OperationIdNotFound";
              if (isNotThere) refused = fault;
              return isNotThere;
            },
          },
        );
        if (!refused) return !isNothing;
        if (!(await this.findForSure(doing, resourceId))) return false;
        if (attempt === 3) throw azureFailure(doing, refused);
      }
    },
  };
}
