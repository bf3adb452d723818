import type { OperationResponse } from "@azure/core-lro";
import { pause } from "../errors/interrupted";
import type { Exchange } from "./exchange";
import { type Fault, faultOf, type Outcome, operationFault, retryAfter } from "./fault";
import type { Patience } from "./retry";
import type { Request } from "./session";

export interface Operation extends Patience {
  readonly doing: string;
  /** Sends the request once. */
  readonly start: () => Promise<Outcome<Exchange>>;
  /** Looks at an address until it answers. */
  readonly look: (path: string) => Promise<Exchange>;
  /** Called after each look at an operation that still runs. */
  readonly progress?: () => Promise<void>;
}

const firstWaitMilliseconds = 500;
const longestWaitMilliseconds = 15_000;

/**
 * Starts an operation and lasts until it has ended. The library knows which address to look at and what an answer means;
 * the waiting is here, where it can be interrupted and the user told. A failed operation comes as HTTP 200.
 */
export async function operate(
  request: Request,
  { doing, start, look, progress, signal }: Operation,
): Promise<Outcome<Exchange>> {
  const begun = await start();
  if ("fault" in begun) return begun;
  let last = begun.value;
  const answer = (exchange: Exchange, path: string): OperationResponse => ({
    flatResponse: exchange.body,
    rawResponse: {
      statusCode: exchange.status,
      headers: { ...exchange.headers },
      body: exchange.body ?? {},
      request: { method: request.method, url: path, body: request.body },
    },
  });

  const { createHttpPoller } = require("@azure/core-lro") as typeof import("@azure/core-lro");
  const poller = createHttpPoller(
    {
      sendInitialRequest: async () => answer(begun.value, request.path),
      sendPollRequest: async (path) => {
        last = await look(path);
        return answer(last, path);
      },
    },
    { resolveOnUnsuccessful: true, skipFinalGet: true },
  );
  await poller.submitted();
  let wait = 0;
  while (!poller.isDone) {
    await pause(retryAfter(last.headers) ?? wait, doing, signal);
    await poller.poll();
    if (!poller.isDone) await progress?.();
    wait = wait === 0 ? firstWaitMilliseconds : Math.min(wait * 1.5, longestWaitMilliseconds);
  }
  const fault = failureOf(poller.operationState?.status, last);
  return fault ? { fault } : { value: last };
}

function failureOf(status: string | undefined, last: Exchange): Fault | undefined {
  if (status === "succeeded") return undefined;
  return faultOf(last) ?? operationFault(last, status === "canceled" ? "Canceled" : "Failed");
}
