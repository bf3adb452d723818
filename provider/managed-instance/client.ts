import type { Config } from "../dynamic/handler";
import { interrupted, pause } from "../errors/interrupted";
import { isFailure, outcomeUnknown } from "../errors/visible-error";
import { sameName } from "../sql-server/names";
import { azureFailure } from "./azure-failure";
import { environmentOf } from "./environment";
import { type Fault, faultOf, networkFault, type Outcome } from "./fault";
import { type InstanceBody, instanceFault, instanceOf, type ManagedInstance } from "./instance";
import { operate } from "./long-running-operation";
import { childId, collectionOf, nameInId } from "./resource-id";
import { isConflict, untilAnswered } from "./retry";
import { type Exchange, type Request, sessionIn } from "./session";
import { SignInError } from "./sign-in";

export type { ManagedInstance } from "./instance";

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
   * One look. undefined when the resource is not there, be it because its instance or resource group is gone; or when
   * the one that answers has not heard of it yet: nothing may be changed or forgotten for that, see `findForSure`.
   */
  find<Properties>(doing: string, resourceId: string): Promise<ArmResource<Properties> | undefined>;
  /** undefined when three looks within ten seconds say so, the last one at the list. What is there costs one request. */
  findForSure<Properties>(doing: string, resourceId: string): Promise<ArmResource<Properties> | undefined>;
  /** Before something is made: one look, and where it shows nothing one at the list, as either may be out of date. */
  findOrListed<Properties>(doing: string, resourceId: string): Promise<ArmResource<Properties> | undefined>;
  /**
   * After a PUT that succeeded: looks until the resource is shown, and is shown as it was asked for. What is shown after
   * some seconds is returned though it differs; undefined after two minutes without anything.
   */
  appeared<Properties>(
    doing: string,
    resourceId: string,
    isAsAsked?: (resource: ArmResource<Properties>) => boolean,
  ): Promise<ArmResource<Properties> | undefined>;
  /** Answers of some time ago are refuted within seconds: a look that would end the run, or do harm, is made three times. */
  threeTimes<T>(doing: string, look: (isLast: boolean) => Promise<T>, isHarmless: (answer: T) => boolean): Promise<T>;
  /** Throws when the instance or resource group that the collection belongs to is missing, as `managedInstance` does. */
  list<Properties>(doing: string, collectionId: string): Promise<readonly ArmResource<Properties>[]>;
  /** PUT, PATCH and DELETE last until their long-running operation has ended; a failed one is thrown. */
  put(doing: string, resourceId: string, properties: object, options?: PutOptions): Promise<void>;
  patch(doing: string, resourceId: string, properties: object): Promise<void>;
  /** Succeeds when the resource is gone already, for sure, and then answers false: somebody else, or a lost request, deleted it. */
  delete(doing: string, resourceId: string): Promise<boolean>;
}

export interface PutOptions {
  /** Called after each look at the operation while it runs. */
  readonly progress?: () => Promise<void>;
  /** Ends the waiting, beside the operation's own signal. */
  readonly deadline?: AbortSignal;
  /** Asked each time Azure refuses the request because of something else that goes on: it may have taken effect all the same. */
  readonly whatIsThere?: () => Promise<"as asked for" | "something else" | "nothing">;
}

export interface ArmResource<Properties> {
  readonly id: string;
  readonly name: string;
  readonly properties: Properties;
}

export interface AzureOperation {
  readonly signal: AbortSignal;
  readonly status: (message: string) => void;
  readonly config: Config;
  readonly waits?: Waits;
}

/** How long Azure's answers may be of some time ago, in milliseconds. */
export interface Waits {
  /** Before the second and the third look. */
  readonly betweenLooks: readonly [number, number];
  /** Until something is shown that was made, and until it is shown as it was made. */
  readonly untilShown: number;
  readonly untilShownAsMade: number;
}

const usualWaits: Waits = { betweenLooks: [3000, 5000], untilShown: 120_000, untilShownAsMade: 10_000 };

/** Managed instances that three looks did not find, and when: what belongs to one need not be waited for as well. */
const missingInstances = new Map<string, number>();
const missingForMilliseconds = 60_000;

export function azureAccess({ signal, status, config, waits = usualWaits }: AzureOperation): AzureAccess {
  let answered: Date | undefined;
  const keyOf = (instanceId: string): string => environmentOf(config).armEndpoint + instanceId.toLowerCase();
  /** Where anything answers, the instance is there. */
  const seen = (path: string): void => {
    for (const known of missingInstances.keys()) if (keyOf(path).startsWith(known)) missingInstances.delete(known);
  };
  const isMissing = (instanceId: string): boolean =>
    Date.now() - (missingInstances.get(keyOf(instanceId)) ?? 0) < missingForMilliseconds;

  const once = async (doing: string, request: Request, until: AbortSignal): Promise<Outcome<Exchange>> => {
    if (until.aborted) throw interrupted(doing, until);
    const session = await sessionIn(environmentOf(config));
    const refused = () => status(`Azure takes the token no more (HTTP 401); signing in again to ${doing}`);
    try {
      const exchange = await session.send(request, until, refused);
      answered = dateOf(exchange) ?? answered;
      const fault = faultOf(exchange);
      if (fault) return { fault };
      seen(request.path);
      return { value: exchange };
    } catch (error) {
      if (until.aborted) throw interrupted(doing, until);
      const fault = error instanceof SignInError ? error.fault : networkFault(error);
      if (!fault) throw error;
      // What has worked before is not set up wrongly.
      return { fault: session.hasAnswered && fault.status === undefined ? { ...fault, isTransient: true } : fault };
    }
  };
  const get = (doing: string, path: string, until = signal): Promise<Exchange> =>
    untilAnswered(doing, { signal: until, status }, () => once(doing, { method: "GET", path }, until));

  async function threeTimes<T>(
    doing: string,
    look: (isLast: boolean) => Promise<T>,
    isHarmless: (answer: T) => boolean,
  ): Promise<T> {
    for (const milliseconds of waits.betweenLooks) {
      const answer = await look(false);
      if (isHarmless(answer)) return answer;
      status(`Azure may not be up to date; looking again in ${seconds(milliseconds)} s to ${doing}`);
      await pause(milliseconds, doing, signal);
    }
    return await look(true);
  }

  /** What is missing at the first looks is looked at again. */
  const getForSure = <T>(doing: string, instance: string, attempt: () => Promise<Outcome<T>>): Promise<T> =>
    untilAnswered(doing, { signal, status }, () =>
      threeTimes(doing, attempt, (answer) => "value" in answer || !isGone(answer.fault) || isMissing(instance)),
    );

  /** An operation is looked at moments after it was begun; one that nobody knows any more may have ended in any way. */
  const lookAtOperation = async (doing: string, path: string, until: AbortSignal): Promise<Exchange> => {
    const last = await threeTimes(
      doing,
      async (): Promise<Outcome<Exchange>> =>
        await untilAnswered(doing, { signal: until, status }, async () => {
          const answer = await once(doing, { method: "GET", path }, until);
          return "fault" in answer && answer.fault.status === 404 ? { value: answer } : asValue(answer);
        }),
      (answer) => "value" in answer,
    );
    if ("value" in last) return last.value;
    throw outcomeUnknown(azureFailure(doing, last.fault));
  };

  /** The whole operation is tried again where it fails for a reason that passes. */
  const change = async (
    doing: string,
    request: Request,
    { progress, deadline, isDone, whatIsThere }: PutOptions & { isDone?: (fault: Fault) => boolean } = {},
  ): Promise<void> => {
    const until = deadline ? AbortSignal.any([signal, deadline]) : signal;
    let strangers = 0;
    await untilAnswered<unknown>(doing, { signal: until, status }, async () => {
      const outcome = await operate(request, {
        doing,
        start: () => once(doing, request, until),
        look: (path) => lookAtOperation(doing, path, until),
        progress,
        signal: until,
        status,
      });
      if (!("fault" in outcome)) return outcome;
      if (isDone?.(outcome.fault)) return { value: undefined };
      if (!whatIsThere || !isConflict(outcome.fault)) return outcome;
      const there = await whatIsThere();
      if (there === "as asked for") return { value: undefined };
      // What is being replaced is shown for some moments yet.
      strangers = there === "something else" ? strangers + 1 : 0;
      if (strangers > toleratedStrangers) throw azureFailure(doing, outcome.fault);
      return outcome;
    });
  };

  const list = async <Properties>(
    doing: string,
    collectionId: string,
    lookAt = get,
  ): Promise<readonly ArmResource<Properties>[]> => {
    const all: ArmResource<Properties>[] = [];
    for (let path: string | undefined = collectionId; path !== undefined; ) {
      const { body } = await lookAt(doing, path);
      const page = body as { readonly value: readonly ArmResource<Properties>[]; readonly nextLink?: string };
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
      return all.find(({ name }) => sameName(name, nameInId(resourceId)));
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
    now: () => answered ?? new Date(),

    async managedInstance(id) {
      const doing = `look at the managed instance ${id}`;
      try {
        return await getForSure(doing, id, async () => {
          const answer = await once(doing, { method: "GET", path: id }, signal);
          if ("fault" in answer) return answer;
          const body = answer.value.body as InstanceBody;
          const fault = instanceFault(body);
          return fault ? { fault } : { value: instanceOf(id, body) };
        });
      } catch (error) {
        if (isFailure(error, ...goneCodes)) missingInstances.set(keyOf(id), Date.now());
        throw error;
      }
    },

    async endpointCertificate(id) {
      const doing = `read the endpoint certificate of the managed instance ${id}`;
      const path = childId(id, "endpointCertificates", "DATABASE_MIRRORING");
      const { body } = await getForSure(doing, id, () => once(doing, { method: "GET", path }, signal));
      return publicBlob((body as ArmResource<{ readonly publicBlob: string }>).properties.publicBlob);
    },

    async find<Properties>(doing: string, resourceId: string) {
      return await untilAnswered<ArmResource<Properties> | undefined>(doing, { signal, status }, async () => {
        const answer = await once(doing, { method: "GET", path: resourceId }, signal);
        if ("value" in answer) return { value: answer.value.body as ArmResource<Properties> };
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
      missingInstances.set(keyOf(instance), Date.now());
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
        await change(
          doing,
          { method: "DELETE", path: resourceId },
          {
            isDone: (fault) => {
              // A link that is not there: DELETE is accepted all the same, and its operation fails with OperationIdNotFound.
              const isNotThere = isGone(fault) || fault.code === "OperationIdNotFound";
              if (isNotThere) refused = fault;
              return isNotThere;
            },
          },
        );
        if (!refused) return true;
        if (!(await this.findForSure(doing, resourceId))) return false;
        if (attempt === 3) throw azureFailure(doing, refused);
      }
    },
  };
}

const asValue = <T>(outcome: Outcome<T>): Outcome<Outcome<T>> => ("value" in outcome ? { value: outcome } : outcome);

const seconds = (milliseconds: number): number => Math.max(1, Math.round(milliseconds / 1000));

/** So often in a row something else may be shown under the name while Azure refuses: about eight seconds. */
const toleratedStrangers = 4;

const goneCodes = [
  "ResourceNotFound",
  "ResourceGroupNotFound",
  "ParentResourceNotFound",
  "NotFound",
  "ResourceDoesNotExist",
];

function dateOf({ headers }: Exchange): Date | undefined {
  const milliseconds = Date.parse(headers.date ?? "");
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds);
}

/** Not so when the subscription is not found: then the wrong account is signed in. */
const isGone = ({ status, code }: Fault): boolean => status === 404 && goneCodes.includes(code);

/** One spelling of a certificate in hexadecimal: upper case, no prefix. */
export const publicBlob = (text: string): string => text.replace(/^0x/i, "").toUpperCase();
