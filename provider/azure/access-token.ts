import { interrupted } from "../errors/interrupted";
import { azureFailure } from "./azure-failure";
import type { Environment } from "./environment";
import type { Outcome } from "./fault";
import { type Patience, untilAnswered } from "./retry";
import { tokensIn, untilAborted } from "./session";
import { SignInError } from "./sign-in";

/** Tokens of the environment's identity for its scope, as something else than Azure Resource Manager needs them. */
export interface AccessTokens {
  /** One that is good now. Throws a VisibleError at the first failure. */
  get(): Promise<string>;
  /** Waits with Azure's patience until there is one, and says so. */
  wait(): Promise<void>;
}

/** `doing` completes "Could not sign in to Azure to ...". */
export function accessTokens(doing: string, environment: Environment, patience: Patience): AccessTokens {
  const attempt = async (): Promise<Outcome<string>> => {
    try {
      return { value: await (await tokensIn(environment)).get() };
    } catch (error) {
      if (!(error instanceof SignInError)) throw error;
      return { fault: error.fault };
    }
  };
  return {
    async get() {
      const outcome = await attempt();
      if ("fault" in outcome) throw azureFailure(doing, outcome.fault);
      return outcome.value;
    },
    async wait() {
      try {
        await untilAnswered(doing, patience, () => untilAborted(attempt(), patience.signal));
      } catch (error) {
        throw patience.signal.aborted ? interrupted(doing, patience.signal) : error;
      }
    },
  };
}
