/** A rule says what goes wrong, as plain data: a JSON file of rules is enough to make the lab misbehave on cue. */
export type FaultRule = StatementRule | LoginRule | RequestRule;

interface Occurrence {
  /** The first matching occurrence that is hit, counted from 1. @default 1 */
  readonly nth?: number;
  /** How many occurrences in a row are hit; "always" never stops. @default 1 */
  readonly times?: number | "always";
}

/** The connection breaks before anything happened, or after it did, so that the answer is lost. */
export type Drop = "before" | "after";

export interface StatementRule extends Occurrence {
  readonly on: "statement";
  /** Instance name; every instance where left out. */
  readonly instance?: string;
  /** Regular expression over the batch's text, letter case ignored; every batch where left out. */
  readonly matching?: string;
  readonly delayMilliseconds?: number;
  readonly error?: StatementError;
  readonly drop?: Drop;
}

/** A login that is refused, however right it is. */
export interface LoginRule extends Occurrence {
  readonly on: "login";
  /** Instance name; every instance where left out. */
  readonly instance?: string;
  /** Regular expression over the login's name, letter case ignored; every login where left out. */
  readonly matching?: string;
  readonly error: StatementError;
}

/** The error that is sent instead of running the batch or letting the login in. Without `text` the catalogue's is sent. */
export interface StatementError {
  readonly number: number;
  readonly severity?: number;
  readonly text?: string;
}

export interface RequestRule extends Occurrence {
  readonly on: "request";
  /** GET, PUT ...; every method where left out. */
  readonly method?: string;
  /** Regular expression over the path without its query, letter case ignored; every path where left out. */
  readonly matching?: string;
  readonly delayMilliseconds?: number;
  readonly answer?: RequestRefusal;
  /** The request is accepted (202), and its operation ends Failed with this. */
  readonly failOperation?: { readonly code: string; readonly message: string };
  readonly drop?: Drop;
}

/** The status, 429, 409, 503 ..., that is answered instead of the real one. */
export interface RequestRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retryAfterSeconds?: number;
  /** The body that is sent instead of the management plane's envelope, as the sign-in service and old versions send it. */
  readonly body?: object;
  /** The request takes effect although its answer is an error. */
  readonly isCarriedOut?: boolean;
}

export type StatementFault = Omit<StatementRule, "on" | "instance" | "matching" | keyof Occurrence> & {
  readonly delayMilliseconds: number;
};
export type RequestFault = Omit<RequestRule, "on" | "method" | "matching" | keyof Occurrence> & {
  readonly delayMilliseconds: number;
};

/** Latency that every call has, in milliseconds; it can be changed while the lab runs. */
export interface Latency {
  request: number;
  statement: number;
  /** The time from a commit until an asynchronous secondary has hardened it. */
  replication: number;
  /** The time from hardening until the secondary shows the change. */
  redo: number;
}

export interface Faults {
  readonly latency: Latency;
  add(rule: FaultRule): void;
  clear(): void;
  /** Ask once per batch or remote procedure call, before it runs; `drop: "after"` is for when it has run. */
  beforeStatement(instance: string, text: string): StatementFault;
  /** Ask once per login: what it is refused with. */
  beforeLogin(instance: string, login: string): StatementError | undefined;
  /** Ask once per request; `path` is without the query. */
  beforeRequest(method: string, path: string): RequestFault;
}

/** The server hangs up: whoever owns the socket destroys it without an answer. */
export class ConnectionDropped extends Error {}

export function createFaults(rules: readonly FaultRule[] = [], latency: Partial<Latency> = {}): Faults {
  const counted: { readonly rule: FaultRule; readonly pattern?: RegExp; seen: number }[] = [];

  function add(rule: FaultRule): void {
    const pattern = rule.matching === undefined ? undefined : new RegExp(rule.matching, "i");
    counted.push({ rule, pattern, seen: 0 });
  }
  function hits(isMeant: (rule: FaultRule) => boolean, text: string): FaultRule[] {
    return counted
      .filter((entry) => isMeant(entry.rule) && (entry.pattern?.test(text) ?? true) && isDue(entry.rule, ++entry.seen))
      .map(({ rule }) => rule);
  }

  for (const rule of rules) add(rule);
  const delays: Latency = { request: 0, statement: 0, replication: 0, redo: 0 };
  for (const key of ["request", "statement", "replication", "redo"] as const) delays[key] = latency[key] ?? 0;
  return {
    latency: delays,
    add,
    clear: () => counted.splice(0),
    beforeStatement(instance, text) {
      const due = hits((rule) => rule.on === "statement" && sameText(rule.instance, instance), text);
      return { ...Object.assign({}, ...due), delayMilliseconds: delays.statement + totalDelay(due) };
    },
    beforeLogin(instance, login) {
      const [due] = hits((rule) => rule.on === "login" && sameText(rule.instance, instance), login);
      return due?.on === "login" ? due.error : undefined;
    },
    beforeRequest(method, path) {
      const due = hits((rule) => rule.on === "request" && sameText(rule.method, method), path);
      return { ...Object.assign({}, ...due), delayMilliseconds: delays.request + totalDelay(due) };
    },
  };
}

function isDue({ nth = 1, times = 1 }: Occurrence, seen: number): boolean {
  return seen >= nth && (times === "always" || seen < nth + times);
}

function totalDelay(rules: readonly FaultRule[]): number {
  return rules.reduce((sum, rule) => sum + (("delayMilliseconds" in rule && rule.delayMilliseconds) || 0), 0);
}

function sameText(wanted: string | undefined, actual: string): boolean {
  return wanted === undefined || wanted.toLowerCase() === actual.toLowerCase();
}
