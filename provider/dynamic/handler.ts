import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Config } from "../arguments/password";
import type { SettingName } from "../arguments/settings";
import type { SqlServer } from "../arguments/sql-server-settings";
import { inComponentsWords } from "../components/component-words";
import { interrupted } from "../errors/interrupted";
import { rememberSecret, scrubOurs } from "../errors/secrets";
import { reworded, Unfinished, unknownFailure, VisibleError } from "../errors/visible-error";
import { type Checked, checkInputs, isHidden } from "../lifecycle/check";
import type { Context, ContextFactory } from "../lifecycle/context";
import { type AnyLifecycle, type Bag, tableOf } from "../lifecycle/contract";
import { type Difference, diffInputs } from "../lifecycle/diff";
import { hasUnknown } from "../lifecycle/unknown";
import { type Author, type Before, claimAgain, forgetAll, type NoteName } from "../sql-server/notes";
import { backendOf } from "./backend";
import { type EngineLog, engineLog } from "./engine-log";
import { type LastingOutputs, lastingOutputs } from "./lasting-outputs";
import { type NotesSeen, notesSeen } from "./notes-seen";
import { printedOnce } from "./printed-once";

/** What the dynamic provider server of @pulumi/pulumi calls. */
export interface DynamicProvider {
  configure(request: { config: { get(key: string): string | undefined } }): Promise<void>;
  check(olds: Bag, news: Bag): Promise<{ inputs: Bag; failures: Checked["failures"] }>;
  diff(id: string, olds: Bag, news: Bag): Promise<Difference>;
  create(inputs: Bag): Promise<{ id: string; outs: Bag }>;
  read(id: string, props: Bag): Promise<{ id?: string; props?: Bag; inputs?: Bag }>;
  update(id: string, olds: Bag, news: Bag): Promise<{ outs: Bag }>;
  delete(id: string, props: Bag): Promise<void>;
}

/** The version of the states that are written. It is raised when a stored value changes its meaning or an argument is added (`Property.since`). */
const stateVersion = 3;

/** What all resource types of a process have in common. */
interface Shared {
  readonly log?: EngineLog;
  readonly lasting?: LastingOutputs;
  readonly seen?: NotesSeen;
  /** Urns of what the program declares in this run: check has seen them. A refresh and a destroy call diff without check. */
  readonly declared?: Set<unknown>;
}

/**
 * Serves the calls of the dynamic provider server for one resource type, by its lifecycle, and makes up for what that
 * server does wrong: configure races and forgets failures, one `undefined` in an answer loses a created object, a partial
 * failure must give `__provider` back, errors are printed as they are.
 */
export function dynamicProvider(
  type: string,
  lifecycle: AnyLifecycle,
  newContext: ContextFactory,
  interruption: AbortSignal,
  { log = engineLog, lasting = lastingOutputs(), seen = notesSeen(), declared = new Set() }: Shared = {},
): DynamicProvider {
  const table = tableOf(lifecycle);
  const computed = Object.keys(table).filter((name) => table[name]?.computed);
  const lasts = (name: string, recorded: unknown) => lasting.stays(recorded, table[name]?.same);
  let config: Config = () => undefined;
  /** What is recorded of resources that are to be replaced, by urn: create is not told. */
  const toBeReplaced = new Map<unknown, Bag>();
  /** Urns of what the state has, as far as this run has met it. */
  const recordedUrns = new Set<unknown>();
  /** Urns of what has notes on the server that are gone. */
  const withoutNotes = new Set<unknown>();

  const run = async <T>(
    inputs: Bag,
    operation: Operation,
    body: (context: Context) => Promise<T>,
    more: Pick<Parameters<ContextFactory>[0], "before" | "author" | "replaced"> & {
      readonly id?: string;
      readonly renamed?: (refusal: VisibleError, context: Context) => void | Promise<void>;
    } = {},
  ): Promise<T> => {
    rememberSecrets(lifecycle, inputs);
    const urn = urnOf(inputs);
    const deadline = timeoutOf(inputs, operation);
    const signal = AbortSignal.any([interruption, ...(deadline === undefined ? [] : [AbortSignal.timeout(deadline)])]);
    // One after another, as the engine shows the last that it gets.
    let sent = Promise.resolve();
    let isStatusShown = false;
    const say = (kind: "status" | "warn", message: string): void => {
      isStatusShown = kind === "status" && message !== "";
      sent = sent.then(() => log[kind](urn, scrubOurs(message)));
    };
    const status = (message: string) => say("status", message);
    const warn = (message: string) => say("warn", message);
    try {
      const label = nameIn(urn) ?? [type, more.id].join(" ").trim();
      const around = { signal, status, warn, config, label };
      const renamed = (refusal: VisibleError) => more.renamed?.(refusal, newContext(around));
      const { before, author, replaced } = more;
      return await body(newContext({ ...around, before, renamed, author, replaced }));
    } catch (error) {
      const known = error instanceof VisibleError || error instanceof Unfinished;
      throw presentable(
        type,
        operation,
        known || !signal.aborted ? error : interrupted(`${operation} this ${type}`, signal),
        inputs,
      );
    } finally {
      // "copying, 97%" must not stand beside a resource that is created, or has failed.
      if (isStatusShown) status("");
      await sent;
    }
  };

  /** Warns of the object as a change has just found it. */
  const warnOf = (state: object, { warn }: Context): void => {
    for (const warning of lifecycle.warnings?.(state, new Date()) ?? []) warn(warning);
  };

  /** `bag`: of a read or delete the state alone, which has the token and not the urn. */
  const authorOf = (bag: Bag, token: unknown): Author | undefined =>
    config("mi-link:notes" satisfies SettingName) === "off" ? undefined : signatureOf(bag, token);

  /** The author, also where notes are turned off: those that are there are removed with their objects all the same. */
  const signatureOf = (bag: Bag, token: unknown): Author => {
    const urn = urnOf(bag) ?? "";
    const [stack = "", project = ""] = urn
      .split("::")
      .slice(0, 2)
      .map((part) => part.replace(/^urn:pulumi:/, ""));
    const organization = typeof bag.__organization === "string" ? bag.__organization : "organization";
    const name = urn === "" ? "" : `${organization}/${project}/${stack}`;
    const notes = new Set(Array.isArray(bag.__notes) ? (bag.__notes as NoteName[]) : []);
    return {
      stack: name,
      backend: backendOf(),
      urn,
      token: typeof token === "string" ? token : "",
      notes,
      removed: [],
      declared,
    };
  };

  /** Has the state keep what the resource has noted, also when the operation fails. */
  const keepingNotes = async <T>(bag: Bag, author: Author | undefined, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } finally {
      if (author) bag.__notes = author.notes.size === 0 ? undefined : [...author.notes].sort();
    }
  };

  /** Removes the notes. Where the server can't be reached, the lifecycle says so in its own words. */
  const removeNotes = async (author: Author, props: Bag, { sql }: Context) => {
    const { sqlServer, instanceId } = props as { readonly sqlServer?: SqlServer; readonly instanceId?: string };
    if (!sqlServer || author.notes.size === 0) return undefined;
    return await sql(sqlServer, instanceId).then(
      (server) => forgetAll(server, author),
      () => undefined,
    );
  };

  /** What is recorded. It counts as drifted where notes of it are gone. */
  const withDriftOfNotes = async (olds: Bag, news: Bag): Promise<Bag> => {
    const author = olds.__notes ? authorOf({ ...news, __notes: olds.__notes }, olds.__note) : undefined;
    if (!author) return olds;
    const signal = AbortSignal.any([interruption, AbortSignal.timeout(longestLook)]);
    const silent = () => newContext({ signal, status: () => {}, warn: () => {}, config });
    if (!(await seen.areGone(author, olds, news, silent))) return olds;
    withoutNotes.add(news.__urn);
    await log.warn(urnOf(news), notesAreGone);
    return { ...olds, drift: notesAreGone };
  };

  /** The inputs. In a preview, an unknown one that will not change has its recorded value: see `lastingOutputs`. */
  const given = (olds: Bag, news: Bag): Bag => {
    const bag = visible(news);
    if (news.__preview !== true) return bag;
    for (const name of Object.keys(table)) {
      if (hasUnknown(bag[name]) && lasts(name, olds[name])) bag[name] = olds[name];
    }
    return bag;
  };

  const noteOutputs = ({ changes, replaces = [] }: Difference, olds: Bag): void => {
    if (!changes) return;
    lasting.note(lifecycle.lasting?.(visible(olds)) ?? [], replaces.length === 0);
  };

  const refuse = ({ replaces = [] }: Difference, olds: Bag, news: Bag, isCascade: boolean): void => {
    const known = replaces.filter((name) => isCascade || !hasUnknown(news[name]));
    const refusal = lifecycle.refusal?.(visible(olds), visible(news), { replaces: known, isCascade });
    if (refusal) throw printedOnce(inWordsOf(news, refusal).message);
  };

  const warningsOf = ({ changes, replaces = [] }: Difference, olds: Bag, news: Bag): string[] => {
    const isPreview = news.__preview === true;
    // In a real run the change follows at once, looks again and warns itself.
    const isStale = declared.has(news.__urn) && !isPreview && changes;
    const warnings = isStale ? [] : [...(lifecycle.warnings?.(visible(olds), new Date()) ?? [])];
    const isOpen = (name: string) => hasUnknown(news[name]) && lasts(name, olds[name]) !== false;
    if (isPreview && replaces.length > 0 && replaces.every(isOpen)) {
      warnings.push(
        `${replaces.join(" and ")} is not known in this preview. What is there is replaced only if the value is found to differ.`,
      );
    }
    return warnings;
  };

  return {
    async configure(request) {
      config = (key) => request.config.get(key);
    },

    async check(olds, news) {
      rememberSecrets(lifecycle, news);
      declared.add(news.__urn);
      const { inputs, failures } = checkInputs(lifecycle, given(olds, news), olds);
      const left = computed.filter((name) => inputs[name] === undefined);
      return {
        inputs: json({ ...inputs, ...hidden(news), ...(computed.length > 0 && { __left: left }) }),
        failures: failures.map((f) => ({ ...f, reason: scrubOurs(inComponentsWords(urnOf(news), f.reason)) })),
      };
    },

    async diff(_id, recorded, news) {
      // A preview of the program has unknown values. Elsewhere they mean that the engine asks what a replacement takes along.
      const isCascade = news.__preview !== true && hasUnknown(only(lifecycle, news));
      const isDeclared = declared.has(news.__urn);
      recordedUrns.add(news.__urn);
      // A preview connects to nothing: there only --refresh finds what a killed destroy has begun.
      const isReal = isDeclared && !isCascade && news.__preview !== true;
      const olds = isReal ? await withDriftOfNotes(recorded, news) : recorded;
      const difference = diffInputs(lifecycle, olds, news, isDeclared ? new Date() : undefined);
      // A destroy of what others are built on asks the same, and replaces nothing: there the program declares nothing.
      if (isDeclared || (isCascade && declared.size > 0)) refuse(difference, olds, news, isCascade);
      if (news.__preview === true) noteOutputs(difference, olds);
      else if ((difference.replaces ?? []).length > 0) toBeReplaced.set(news.__urn, visible(olds));
      if (!isCascade) {
        const warnings = warningsOf(difference, olds, news);
        await Promise.all(
          warnings.map((warning) => log.warn(urnOf(news), scrubOurs(inComponentsWords(urnOf(news), warning)))),
        );
      }
      return difference;
    },

    async create(inputs) {
      const token = randomUUID();
      const made: Bag = { ...inputs, __note: token };
      const author = authorOf(inputs, token);
      const isRecorded = recordedUrns.has(inputs.__urn);
      const more = { author: author && { ...author, isRecorded }, replaced: toBeReplaced.get(inputs.__urn) };
      const create = async (context: Context) => {
        const created = await keepingNotes(made, author, () => lifecycle.create(visible(inputs), context));
        warnOf(created.state, context);
        return created;
      };
      const { id, state } = await run(made, "create", create, more);
      return { id, outs: outputs(made, state) };
    },

    async read(id, props) {
      const state = checkInputs(lifecycle, only(lifecycle, props)).inputs;
      let renamed: VisibleError | undefined;
      const observed = await run(
        props,
        "read",
        async (context) => {
          const known = { ...visible(props), ...state };
          const isWhole = Object.entries(table).every(([name, { required }]) => !required || known[name] !== undefined);
          const learned = isWhole || !lifecycle.learn ? {} : await lifecycle.learn(known, context);
          const there = learned && (await lifecycle.observe({ ...known, ...learned }, context));
          // A server under another name may be a copy, on which the object never was: it must not be forgotten.
          if (!there && renamed) throw renamed;
          return there;
        },
        {
          id,
          author: authorOf(props, props.__note),
          renamed(refusal) {
            renamed = refusal;
          },
        },
      );
      if (!observed) return {};
      const found = keptChoices(computed, { ...observed.state, drift: observed.drift }, props);
      const answer = { id, props: { ...outputs(props, found), __v: props.__v ?? 1 } };
      // Without new inputs the engine keeps the recorded ones, which hold the urn that later warnings need.
      const foundInputs = declaredIn(lifecycle, found, props);
      const isAsRecorded = isDeepStrictEqual(foundInputs, declaredIn(lifecycle, props, props));
      if (isAsRecorded && found.drift === undefined && props.drift === undefined) return answer;
      return { ...answer, inputs: json({ ...foundInputs, drift: found.drift, ...hidden(props) }) };
    },

    async update(_id, olds, news) {
      const recorded = visible(olds);
      const token = olds.__note ?? randomUUID();
      // Drift that the program ignores is no argument. What else is updated is brought in line as a whole.
      const changed: Bag = { ...news, drift: undefined, __note: token, __notes: olds.__notes };
      const author = authorOf(changed, token);
      const change = async (context: Context) => {
        const updated = await keepingNotes(changed, author, async () => {
          if (author && withoutNotes.has(news.__urn))
            await claimAgain(
              await context.sql(news.sqlServer as SqlServer, olds.instanceId as string | undefined),
              author,
              olds.before as Before | undefined,
            );
          return await lifecycle.update(recorded, visible(changed), context);
        });
        warnOf(updated, context);
        return updated;
      };
      const state = await run(changed, "update", change, {
        before: olds.sqlServer as SqlServer | undefined,
        author,
        // A server under another name counts as the old one only if it has the recorded object.
        async renamed(refusal, context) {
          if (!(await lifecycle.observe({ ...recorded, sqlServer: news.sqlServer }, context))) throw refusal;
        },
      });
      return { outs: outputs(changed, state) };
    },

    async delete(id, props) {
      const author = authorOf(props, props.__note);
      const signature = author ?? signatureOf(props, props.__note);
      const remove = async (context: Context) => {
        const putBack = await removeNotes(signature, props, context);
        try {
          await lifecycle.delete(visible(props), context);
          // Where the server could not be reached a moment ago.
          await removeNotes(signature, props, context);
        } catch (error) {
          // What is as it was, because the delete was refused, keeps its notes.
          const found = await lifecycle.observe(visible(props), context).catch(() => undefined);
          if (found && found.drift === undefined) await putBack?.().catch(() => undefined);
          throw error;
        }
      };
      await run(props, "delete", remove, { id, author });
    },
  };
}

type Operation = "create" | "read" | "update" | "delete";

/** Milliseconds: an up that can't reach a server here goes on without it. */
const longestLook = 10_000;

const notesAreGone =
  "Its note on the SQL Server is gone: a destroy that was killed had begun to delete it, or somebody removed the note. pulumi up looks at what is there, and makes what is missing.";

const urnOf = ({ __urn }: Bag): string | undefined => (typeof __urn === "string" ? __urn : undefined);

const nameIn = (urn: string | undefined): string | undefined => urn?.split("::").slice(3).join("::");

const visible = (bag: Bag): Bag => Object.fromEntries(Object.entries(bag).filter(([name]) => !isHidden(name)));
/** Hidden inputs: the others are outputs only, or come by themselves. */
const hidden = (bag: Bag): Bag =>
  Object.fromEntries(
    Object.entries(bag).filter(
      ([name]) => isHidden(name) && !["__provider", "__v", "__note", "__notes"].includes(name),
    ),
  );
const only = (lifecycle: AnyLifecycle, bag: Bag): Bag =>
  Object.fromEntries(
    Object.keys(tableOf(lifecycle))
      .filter((name) => bag[name] !== undefined)
      .map((name) => [name, bag[name]]),
  );

/**
 * What the program leaves to the resource stays as the resource chose it. Where somebody changed that, it is drift, which
 * the next update puts right. Older states do not tell what is left.
 */
function keptChoices(computed: readonly string[], found: Bag, props: Bag): Bag {
  const { __left: left = computed } = props;
  const chosenNames = Array.isArray(left) ? left.filter((name) => props[name] !== undefined) : [];
  const changed = chosenNames.filter(
    (name) => !isDeepStrictEqual(json({ at: found[name] }), json({ at: props[name] })),
  );
  if (changed.length === 0) return found;
  const words = changed.map((name) => `${name} is ${found[name]}, not ${props[name]}`);
  const chosen = Object.fromEntries(changed.map((name) => [name, props[name]]));
  return { ...found, ...chosen, drift: [found.drift, ...words].filter((one) => one !== undefined).join("; ") };
}

/** The arguments in it. What the program leaves to the resource (`__left`) is an output only: a refresh shows it as no change. */
const declaredIn = (lifecycle: AnyLifecycle, bag: Bag, { __left: left }: Bag): Bag =>
  json(
    Object.fromEntries(
      Object.entries(only(lifecycle, bag)).filter(([name]) => !(Array.isArray(left) && left.includes(name))),
    ),
  );

/** Leaves out every `undefined`: the server cannot encode it, and would lose a created object for it. */
const json = (bag: Bag): Bag => JSON.parse(JSON.stringify(bag));

/**
 * What the engine stores. The timeouts stay, for delete and read see only what is stored, and so does the token of the notes
 * on the server; the urn is left out.
 */
export function outputs(inputs: Bag, state: object): Bag {
  const { __urn, __provider, __preview, __organization, ...kept } = inputs;
  return json({ ...kept, ...state, __v: stateVersion });
}

/** 24.8 days, the longest that a timer of Node takes: a longer one ends at once. */
const longestTimer = 2 ** 31 - 1;

/** `customTimeouts` never reaches a dynamic provider, so the resource class passes it on as a hidden input. */
function timeoutOf(inputs: Bag, operation: Operation): number | undefined {
  const timeouts = inputs.__timeouts as Partial<Record<Operation, number>> | undefined;
  const milliseconds = timeouts?.[operation];
  return milliseconds === undefined ? undefined : Math.min(Math.ceil(milliseconds), longestTimer);
}

function rememberSecrets(lifecycle: AnyLifecycle, bag: Bag): void {
  for (const [name, property] of Object.entries(tableOf(lifecycle))) {
    if (!property.secret) continue;
    const value = bag[name];
    const secret = typeof value === "object" && value !== null ? (value as Bag).password : value;
    if (typeof secret === "string" && !hasUnknown(secret)) rememberSecret(secret);
  }
}

/** The error for the server: it prints the message as it is, and takes an error with an `id` for a partial failure. */
function presentable(type: string, operation: Operation, error: unknown, inputs: Bag): Error {
  if (error instanceof Unfinished) {
    const reason = inWordsOf(inputs, error.reason);
    return Object.assign(printedOnce(reason.message), {
      id: error.id,
      properties: { ...outputs(inputs, error.state), __provider: inputs.__provider },
      reasons: [reason.message],
    });
  }
  if (error instanceof VisibleError) return printedOnce(inWordsOf(inputs, error).message);
  return printedOnce(unknownFailure(`${operation} this ${type}`, error).message);
}

const inWordsOf = (inputs: Bag, error: VisibleError): VisibleError =>
  reworded(error, (sentence) => inComponentsWords(urnOf(inputs), sentence));
