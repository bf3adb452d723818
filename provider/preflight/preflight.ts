import { canonicalInstanceId, instanceIdProblem } from "../arguments/managed-instance-id";
import { sameName } from "../arguments/names";
import {
  addressOf,
  type SqlServer,
  sqlServerProperty,
  complete as withDefaults,
} from "../arguments/sql-server-settings";
import { scrubOurs } from "../errors/secrets";
import { VisibleError } from "../errors/visible-error";
import type { Context } from "../lifecycle/context";
import { type AzureFacts, azureFacts } from "./azure-facts";
import { databaseChecks } from "./database-checks";
import type { Finding, Step, Verdict } from "./finding";
import { instanceChecks } from "./instance-checks";
import type { LinkNames } from "./link-names";
import { pairChecks } from "./pair-checks";
import type { PreflightArgs, PreflightReport } from "./report";
import { serverChecks } from "./server-checks";
import { type SqlServerFacts, sqlServerFacts, unreached, type Wanted } from "./sql-server-facts";
import { failed, known, passed, tested, unknown } from "./told";

/** The servers and the trust between them; or databases, and the instance that they go to. */
export type Scope = "servers" | "databases";

/** Looks at both sides, at the same time, and changes nothing on either. */
export async function look(
  args: PreflightArgs,
  context: Pick<Context, "look" | "azure">,
  scope?: Scope,
): Promise<PreflightReport> {
  const { managedInstanceId, databases = [] } = args;
  refuseWrong(args);
  const links = databases === "all" ? databases : databases.map(asLink);
  const wanted: Wanted = links === "all" ? links : links.map(({ databaseName }) => databaseName);
  const [server, azure] = await Promise.all([
    lookAtServer(args.sqlServer, wanted, context),
    managedInstanceId === undefined ? undefined : azureFacts(context.azure, canonicalInstanceId(managedInstanceId)),
  ]);
  const findings = [
    reachedTold(server),
    ...(scope === "databases" ? [] : serverChecks(server)),
    ...(azure ? instanceFindings(server, azure, links) : [withoutAzure]),
    ...(azure && scope !== "databases" ? pairFindings(server, azure, args) : []),
    ...databaseFindings(links, server, azure, args.adopt),
  ];
  return reportOf(args.adopt ? findings.map(takenOver) : findings);
}

/** Secrets are taken out, and the verdicts counted. */
export function reportOf(all: readonly Finding[]): PreflightReport {
  const findings = all.map(withoutSecrets);
  const count = (verdict: Verdict) => findings.filter((finding) => finding.verdict === verdict).length;
  return {
    findings,
    counts: { passed: count("passed"), warning: count("warning"), failed: count("failed"), unknown: count("unknown") },
  };
}

/** That it does not answer is a failure, and not only something that could not be tested. */
function reachedTold({ label, instance }: SqlServerFacts): Finding {
  const told =
    "why" in instance
      ? {
          ...failed(`It was not reached: ${instance.why}`, ...(instance.remedy ?? [])),
          reason: instance.reason ?? instance.why,
        }
      : passed(`It answers, to the login ${instance.value.login}.`);
  return { id: "sql-server", subject: label, ...told };
}

function refuseWrong({ sqlServer, managedInstanceId }: PreflightArgs): void {
  const problems = [
    ...[sqlServerProperty.check?.(sqlServer)].flatMap((problem) => (problem ? [`sqlServer ${problem}`] : [])),
    ...[managedInstanceId === undefined ? undefined : instanceIdProblem(managedInstanceId)].flatMap((problem) =>
      problem ? [`managedInstanceId ${problem}`] : [],
    ),
  ];
  if (problems.length > 0) throw new VisibleError({ doing: "begin a preflight", cause: `${problems.join("; ")}.` });
}

const asLink = (given: string | LinkNames): LinkNames => (typeof given === "string" ? { databaseName: given } : given);

/** A server that does not answer is a finding: everything else about it is not known then. */
async function lookAtServer(
  settings: SqlServer,
  wanted: Wanted,
  context: Pick<Context, "look">,
): Promise<SqlServerFacts> {
  const opened = await known(() => context.look(settings));
  return "why" in opened
    ? unreached(addressOf(withDefaults(settings)), opened)
    : await sqlServerFacts(opened.value, wanted);
}

const withoutAzure: Finding = {
  id: "managed-instance",
  subject: "the managed instance",
  ...unknown("None was named: nothing that depends on it was tested."),
};

function instanceFindings(server: SqlServerFacts, azure: AzureFacts, links: readonly LinkNames[] | "all"): Finding[] {
  const names = links === "all" ? namesIn(server) : links.map(({ databaseName }) => databaseName);
  const present = "value" in azure.databases ? azure.databases.value : [];
  const more = names.filter((name) => !present.some((database) => sameName(database.name, name)));
  return instanceChecks(azure, server.instance, more);
}

const isMissing = ({ instance }: AzureFacts): boolean => "value" in instance && instance.value === undefined;

const pairFindings = (server: SqlServerFacts, azure: AzureFacts, { certificateName }: PreflightArgs): Finding[] =>
  isMissing(azure) ? [] : pairChecks(server, azure, certificateName);

/** What `adopt` of the components takes over where it is there, whatever it is; parts of a link: `database-checks.ts`. */
const takenOver = (finding: Finding): Finding =>
  finding.verdict === "failed" && finding.id === "instance-certificate" ? { ...finding, verdict: "warning" } : finding;

const namesIn = ({ databases }: SqlServerFacts): string[] =>
  "value" in databases ? databases.value.map(({ name }) => name) : [];

function databaseFindings(
  links: readonly LinkNames[] | "all",
  server: SqlServerFacts,
  azure: AzureFacts | undefined,
  adopt: boolean | undefined,
): Finding[] {
  const there = azure && isMissing(azure) ? undefined : azure;
  if (links !== "all") return links.flatMap((link) => databaseChecks(link, server, there, adopt));
  if ("why" in server.databases) return [tested("databases", server.label, server.databases, () => passed(""))];
  return namesIn(server).flatMap((databaseName) => databaseChecks({ databaseName }, server, there, adopt));
}

const withoutSecrets = ({ sentence, remedy, reason, ...finding }: Finding): Finding => ({
  ...finding,
  sentence: scrubOurs(sentence),
  ...(reason !== undefined && { reason: scrubOurs(reason) }),
  ...(remedy && { remedy: remedy.map(({ how, text }: Step) => ({ how, text: scrubOurs(text) })) }),
});
