import type { Config } from "../dynamic/handler";
import { interrupted } from "../errors/interrupted";
import { isSignInError, signInFailure } from "./azure-failure";
import { environmentOf } from "./environment";
import { type Fault, faultOf, networkFault, type Outcome } from "./fault";
import { type InstanceBody, instanceFault, instanceOf, type ManagedInstance } from "./instance";
import { operate } from "./long-running-operation";
import { childId } from "./resource-id";
import { untilAnswered } from "./retry";
import { type Exchange, type Request, type Session, sessionIn } from "./session";

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
  /** undefined when the resource is not there, be it because its instance or resource group is gone. */
  find<Properties>(doing: string, resourceId: string): Promise<ArmResource<Properties> | undefined>;
  /** Throws when the instance or resource group that the collection belongs to is missing. */
  list<Properties>(doing: string, collectionId: string): Promise<readonly ArmResource<Properties>[]>;
  /** PUT, PATCH and DELETE last until their long-running operation has ended; a failed one is thrown. */
  put(doing: string, resourceId: string, properties: object, options?: PutOptions): Promise<void>;
  patch(doing: string, resourceId: string, properties: object): Promise<void>;
  /** Succeeds when the resource is gone already. */
  delete(doing: string, resourceId: string): Promise<void>;
}

export interface PutOptions {
  /** Called after each look at the operation while it runs. */
  readonly progress?: () => Promise<void>;
  /** Ends the waiting, beside the operation's own signal. */
  readonly deadline?: AbortSignal;
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
}

export function azureAccess({ signal, status, config }: AzureOperation): AzureAccess {
  let answered: Date | undefined;
  const once = async (doing: string, request: Request, until: AbortSignal): Promise<Outcome<Exchange>> => {
    if (until.aborted) throw interrupted(doing, until);
    const session = await sessionIn(environmentOf(config));
    try {
      const exchange = await session.send(request, until);
      answered = dateOf(exchange) ?? answered;
      const fault = faultOf(exchange);
      return fault ? { fault } : { value: exchange };
    } catch (error) {
      if (until.aborted) throw interrupted(doing, until);
      if (isSignInError(error)) throw signInFailure(doing, error, await whyUnreachable(error, session, until), until);
      const fault = networkFault(error);
      if (fault) return { fault };
      throw error;
    }
  };
  const get = (doing: string, path: string, until = signal): Promise<Exchange> =>
    untilAnswered(doing, { signal: until, status }, () => once(doing, { method: "GET", path }, until));

  /** The whole operation is tried again where it fails for a reason that passes. */
  const change = async (
    doing: string,
    request: Request,
    { progress, deadline, isDone }: PutOptions & { isDone?: (fault: Fault) => boolean } = {},
  ): Promise<void> => {
    const until = deadline ? AbortSignal.any([signal, deadline]) : signal;
    await untilAnswered<unknown>(doing, { signal: until, status }, async () => {
      const outcome = await operate(request, {
        doing,
        start: () => once(doing, request, until),
        look: (path) => get(doing, path, until),
        progress,
        signal: until,
        status,
      });
      return "fault" in outcome && isDone?.(outcome.fault) ? { value: undefined } : outcome;
    });
  };

  return {
    now: () => answered ?? new Date(),

    async managedInstance(id) {
      const doing = `look at the managed instance ${id}`;
      return await untilAnswered(doing, { signal, status }, async () => {
        const answer = await once(doing, { method: "GET", path: id }, signal);
        if ("fault" in answer) return answer;
        const body = answer.value.body as InstanceBody;
        const fault = instanceFault(body);
        return fault ? { fault } : { value: instanceOf(id, body) };
      });
    },

    async endpointCertificate(id) {
      const { body } = await get(
        `read the endpoint certificate of the managed instance ${id}`,
        childId(id, "endpointCertificates", "DATABASE_MIRRORING"),
      );
      return publicBlob((body as ArmResource<{ readonly publicBlob: string }>).properties.publicBlob);
    },

    async find<Properties>(doing: string, resourceId: string) {
      return await untilAnswered<ArmResource<Properties> | undefined>(doing, { signal, status }, async () => {
        const answer = await once(doing, { method: "GET", path: resourceId }, signal);
        if ("value" in answer) return { value: answer.value.body as ArmResource<Properties> };
        return isGone(answer.fault) ? { value: undefined } : answer;
      });
    },

    async list<Properties>(doing: string, collectionId: string) {
      const all: ArmResource<Properties>[] = [];
      for (let path: string | undefined = collectionId; path !== undefined; ) {
        const { body } = await get(doing, path);
        const page = body as { readonly value: readonly ArmResource<Properties>[]; readonly nextLink?: string };
        all.push(...page.value);
        path = page.nextLink;
      }
      return all;
    },

    put: (doing, resourceId, properties, options) =>
      change(doing, { method: "PUT", path: resourceId, body: { properties } }, options),
    patch: (doing, resourceId, properties) =>
      change(doing, { method: "PATCH", path: resourceId, body: { properties } }),
    // A link that is not there: DELETE is accepted all the same, and its operation fails with OperationIdNotFound.
    delete: (doing, resourceId) =>
      change(
        doing,
        { method: "DELETE", path: resourceId },
        { isDone: (fault) => isGone(fault) || fault.code === "OperationIdNotFound" },
      ),
  };
}

/** The sign-in library keeps to itself why it could not reach the service. */
const whyUnreachable = async (error: Error, session: Session, signal: AbortSignal): Promise<string | undefined> =>
  /endpoints_resolution_error|network_error/.test(error.message) ? await session.signInProblem(signal) : undefined;

function dateOf({ headers }: Exchange): Date | undefined {
  const milliseconds = Date.parse(headers.date ?? "");
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds);
}

/** Not so when the subscription is not found: then the wrong account is signed in. */
const isGone = ({ status, code }: Fault): boolean =>
  status === 404 &&
  ["ResourceNotFound", "ResourceGroupNotFound", "ParentResourceNotFound", "NotFound", "ResourceDoesNotExist"].includes(
    code,
  );

/** One spelling of a certificate in hexadecimal: upper case, no prefix. */
export const publicBlob = (text: string): string => text.replace(/^0x/i, "").toUpperCase();
