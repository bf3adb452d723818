import type { Config } from "../arguments/password";
import { interrupted, pause } from "../errors/interrupted";
import { transcribe } from "../errors/transcript";
import { outcomeUnknown, saidBy } from "../errors/visible-error";
import { azureFailure } from "./azure-failure";
import { environmentOf } from "./environment";
import type { Exchange } from "./exchange";
import { type Fault, faultOf, networkFault, type Outcome } from "./fault";
import { operate } from "./long-running-operation";
import { isConflict, untilAnswered } from "./retry";
import { type Request, sessionIn, urlOf } from "./session";
import { SignInError } from "./sign-in";

export interface AzureOperation {
  readonly signal: AbortSignal;
  readonly status: (message: string) => void;
  readonly config: Config;
  readonly waits?: Waits;
}

/** How long to wait for Azure to be up to date, in milliseconds. */
export interface Waits {
  /** Before the second and the third look. */
  readonly betweenLooks: readonly [number, number];
  /** Until Azure shows what was made, and until it shows it as it was made. */
  readonly untilShown: number;
  readonly untilShownAsMade: number;
}

export const usualWaits: Waits = { betweenLooks: [3000, 5000], untilShown: 120_000, untilShownAsMade: 10_000 };

/** Managed instances that three looks did not find, and when: what belongs to one is missing without three more looks. */
const missingInstances = new Map<string, number>();
const missingForMilliseconds = 60_000;

export interface ChangeOptions {
  /** Called after each look at the operation while it runs. */
  readonly progress?: () => Promise<void>;
  /** Ends the waiting, beside the operation's own signal. */
  readonly deadline?: AbortSignal;
  /** Looks, each time Azure refuses the request as the instance is busy: the request may have taken effect all the same. */
  readonly whatIsThere?: () => Promise<"as asked for" | "something else" | "nothing">;
  /** Called with the answer each time Azure accepts the request. */
  readonly accepted?: (exchange: Exchange) => void;
  /** Whether this fault means success: a DELETE finds nothing to delete. */
  readonly isDone?: (fault: Fault) => boolean;
}

/**
 * The requests of one operation of a lifecycle. They are retried until Azure answers (`retry.ts`), and repeated where an
 * answer that is out of date would do harm.
 */
export function requestsOf({ signal, status, config, waits = usualWaits }: AzureOperation) {
  let answered: Date | undefined;
  const keyOf = (instanceId: string): string => environmentOf(config).armEndpoint + instanceId.toLowerCase();
  /** Any answer from below an instance shows that the instance is there. */
  const seen = (path: string): void => {
    for (const known of missingInstances.keys()) if (keyOf(path).startsWith(known)) missingInstances.delete(known);
  };
  const isMissing = (instanceId: string): boolean =>
    Date.now() - (missingInstances.get(keyOf(instanceId)) ?? 0) < missingForMilliseconds;

  /** One request, sent once. */
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
      // The address and the settings have worked before, so the fault passes.
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

  /** GET that looks three times before it says that something is missing. */
  const getForSure = <T>(doing: string, instance: string, attempt: () => Promise<Outcome<T>>): Promise<T> =>
    untilAnswered(doing, { signal, status }, () =>
      threeTimes(doing, attempt, (answer) => "value" in answer || !isGone(answer.fault) || isMissing(instance)),
    );

  /** Azure may not know an operation yet that has just begun. One that three looks do not find may have ended in any way. */
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

  /** As the transcript has it; the token is not in it. */
  const sent = (doing: string, request: Request) => {
    const environment = environmentOf(config);
    const { method, path, body } = request;
    const text = [`${method} ${urlOf(environment, path)}`, ...(body ? [JSON.stringify(body)] : [])].join("\n");
    return { where: environment.armEndpoint, doing, text };
  };

  /** One request and the operation that it begins, to its end; written into the transcript. */
  const operation = async (
    doing: string,
    request: Request,
    until: AbortSignal,
    { progress, accepted }: Pick<ChangeOptions, "progress" | "accepted">,
  ): Promise<Outcome<Exchange>> => {
    const note = transcribe(sent(doing, request));
    const start = async () => {
      const begun = await once(doing, request, until);
      if ("fault" in begun) return begun;
      note(`HTTP ${begun.value.status}`);
      accepted?.(begun.value);
      return begun;
    };
    const look = (path: string) => lookAtOperation(doing, path, until);
    try {
      const outcome = await operate(request, { doing, start, look, progress, signal: until, status });
      note("fault" in outcome ? `failed: ${outcome.fault.code}: ${outcome.fault.text}` : "done");
      return outcome;
    } catch (error) {
      note(`not waited for any more: ${saidBy(error)}`);
      throw error;
    }
  };

  /** Retries the whole operation, not only its request, where it fails for a reason that passes. */
  const change = async (
    doing: string,
    request: Request,
    { progress, deadline, accepted, isDone, whatIsThere }: ChangeOptions = {},
  ): Promise<void> => {
    const until = deadline ? AbortSignal.any([signal, deadline]) : signal;
    let strangers = 0;
    await untilAnswered<unknown>(doing, { signal: until, status }, async () => {
      const outcome = await operation(doing, request, until, { progress, accepted });
      if (!("fault" in outcome)) return outcome;
      if (isDone?.(outcome.fault)) return { value: undefined };
      if (!whatIsThere || !isConflict(outcome.fault)) return outcome;
      const there = await whatIsThere();
      if (there === "as asked for") return { value: undefined };
      // Azure shows for some moments what has just been replaced.
      strangers = there === "something else" ? strangers + 1 : 0;
      if (strangers > toleratedStrangers) throw azureFailure(doing, outcome.fault);
      return outcome;
    });
  };

  return {
    once,
    get,
    getForSure,
    threeTimes,
    change,
    isMissing,
    /** Azure's clock, as far as it has answered. */
    now: (): Date => answered ?? new Date(),
    remember(missingInstanceId: string) {
      missingInstances.set(keyOf(missingInstanceId), Date.now());
    },
  };
}

function dateOf({ headers }: Exchange): Date | undefined {
  const milliseconds = Date.parse(headers.date ?? "");
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds);
}

const asValue = <T>(outcome: Outcome<T>): Outcome<Outcome<T>> => ("value" in outcome ? { value: outcome } : outcome);

export const seconds = (milliseconds: number): number => Math.max(1, Math.round(milliseconds / 1000));

/** How often in a row Azure may refuse and show something else under the name: for about eight seconds. */
const toleratedStrangers = 4;

export const goneCodes = [
  "ResourceNotFound",
  "ResourceGroupNotFound",
  "ParentResourceNotFound",
  "NotFound",
  "ResourceDoesNotExist",
] as const;

/** The resource does not exist. A subscription that is not found is another matter: the wrong account is signed in. */
export const isGone = ({ status, code }: Fault): boolean => status === 404 && goneCodes.some((gone) => gone === code);
