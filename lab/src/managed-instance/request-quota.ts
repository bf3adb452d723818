import type { Clock } from "../network";
import { ArmError } from "./arm-error";

/** The requests that a subscription may still send to Azure Resource Manager. */
export interface RequestQuota {
  /** Takes one request and returns what is left, as headers; throws 429 where nothing is left, if there is a limit. */
  take(method: string, path: string): Readonly<Record<string, string>>;
}

interface Bucket {
  left: number;
  at: number;
}

type Kind = "reads" | "writes" | "deletes";

/** The sizes of the token buckets, recorded in 2024 to 2026. An empty bucket is full again after so many seconds. */
const sizes: Readonly<Record<Kind, { readonly size: number; readonly secondsToFill: number }>> = {
  reads: { size: 1100, secondsToFill: 44 },
  writes: { size: 800, secondsToFill: 80 },
  deletes: { size: 800, secondsToFill: 80 },
};
/** All callers of one subscription together may send so many times what one of them may. */
const principals = 15;

/** Counts requests; only with a `limit` does it refuse any, because tests ask far more often than is polite. */
export function createRequestQuota(clock: Clock, limit?: number): RequestQuota {
  const buckets = new Map<string, Bucket>();

  function bucketOf(kind: Kind, subscription: string, size: number): Bucket {
    const now = clock.now().getTime();
    const key = `${subscription} ${kind}`;
    const bucket = buckets.get(key) ?? { left: size, at: now };
    const filled = ((now - bucket.at) / 1000) * (size / sizes[kind].secondsToFill);
    Object.assign(bucket, { left: Math.min(size, bucket.left + filled), at: now });
    buckets.set(key, bucket);
    return bucket;
  }

  return {
    take(method, path) {
      const kind = kindOf(method);
      const subscription = /^\/subscriptions\/([^/]+)/i.exec(path)?.[1]?.toLowerCase();
      const size = limit ?? sizes[kind].size;
      const bucket = bucketOf(kind, subscription ?? "tenant", size);
      if (limit !== undefined && subscription !== undefined && bucket.left < 1)
        throw throttled(
          subscription,
          operationOf(method, path),
          ((1 - bucket.left) * sizes[kind].secondsToFill) / size,
        );
      bucket.left = Math.max(0, bucket.left - 1);
      const left = Math.floor(bucket.left);
      const name = "x-ms-ratelimit-remaining";
      if (subscription === undefined) return { [`${name}-tenant-${kind}`]: String(left) };
      return {
        [`${name}-subscription-${kind}`]: String(left),
        [`${name}-subscription-global-${kind}`]: String((principals - 1) * size + left),
      };
    },
  };
}

function kindOf(method: string): Kind {
  if (method === "GET") return "reads";
  return method === "DELETE" ? "deletes" : "writes";
}

function throttled(subscription: string, operation: string, seconds: number): ArmError {
  const after = String(Math.max(1, Math.ceil(seconds)));
  return new ArmError(
    429,
    "SubscriptionRequestsThrottled",
    `Number of requests for subscription '${subscription}' and operation '${operation}' exceeded the backend storage limit. Please try again after '${after}' seconds.`,
    { headers: { "retry-after": after, "x-ms-failure-cause": "gateway" } },
  );
}

/** `GET/SUBSCRIPTIONS/RESOURCEGROUPS/PROVIDERS/MICROSOFT.SQL/MANAGEDINSTANCES`: the address without its names. */
function operationOf(method: string, path: string): string {
  const segments = path.split("/").slice(1);
  const provider = segments.findIndex((segment) => segment.toLowerCase() === "providers");
  const isName = (at: number) =>
    provider < 0 || at < provider ? at % 2 === 1 : at > provider + 1 && (at - provider) % 2 === 1;
  return [method, ...segments.filter((_, at) => !isName(at))].join("/").toUpperCase();
}
