import { nextLine } from "../errors/existing";
import { pause } from "../errors/interrupted";
import { VisibleError } from "../errors/visible-error";
import type { Context } from "../lifecycle/context";
import type { Finding, Step } from "./finding";
import { places } from "./places";
import { look, type Scope } from "./preflight";
import type { PreflightArgs } from "./report";

/**
 * For the create of a resource that others wait for: refuses, with all that failed, before anything is made, and warns of the
 * rest that should be known. `seenTo`: ids of findings that the resource itself puts right.
 */
export async function requirePassed(
  args: PreflightArgs,
  scope: Scope,
  context: Context,
  seenTo: readonly string[] = [],
): Promise<void> {
  context.status("testing what a link needs");
  const first = await look(args, context, scope);
  // What is being made at this moment, such as an endpoint that does not listen yet, is no failure.
  if (first.counts.failed > 0) await pause(1000, "begin: the preflight failed", context.signal);
  const { findings } = first.counts.failed > 0 ? await look(args, context, scope) : first;
  const failed = findings.filter(({ verdict }) => verdict === "failed");
  if (failed.length > 0) throw refusal(failed);
  const left = [...seenTo, ...(args.managedInstanceId === undefined ? ["managed-instance"] : [])];
  const known = findings.filter(({ verdict, id }) => ["warning", "unknown"].includes(verdict) && !left.includes(id));
  for (const { subject, sentence, remedy = [] } of known)
    context.warn(`Preflight of ${subject}: ${sentence}${remedy.length > 0 ? ` What to do: ${linesOf(remedy)}` : ""}`);
}

const refusal = (failed: readonly Finding[]): VisibleError =>
  new VisibleError(
    {
      doing: "begin: the preflight failed, and nothing was made",
      said: failed.map(({ id, subject, sentence }) => `${id} (${subject}): ${sentence}`),
      remedy: failed.map(({ id, remedy = [] }) => `${id}: ${linesOf(remedy)}`).join(nextLine),
    },
    ["PreflightFailed"],
  );

const linesOf = (steps: readonly Step[]): string =>
  steps.map(({ how, text }) => (how === "words" ? text : `${places[how]}: ${text}`)).join(nextLine);
