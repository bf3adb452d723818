import { azArguments, linkArguments, quotedWord } from "../../arguments/managed-instance-id";
import { adviceFor, type Entry } from "../../errors/catalogue";
import { theirs } from "../../errors/codes";
import { existing, nextLine } from "../../errors/existing";
import { notConnected } from "../../errors/not-connected";
import { inFull, VisibleError } from "../../errors/visible-error";
import { capital } from "../../errors/wording";
import { sql } from "../../sql-server/tsql";
import { type Database, databaseLabel, type Inputs, type Link, linkLabel, type State } from "./link";
import { inWords, isBeingMade, linkedDatabase, neverStarted } from "./link-state";

/** The link's own error: a number, with what the catalogue knows; Azure's answer to the operation comes after it. */
export function linkFailure(doing: string, link: Link, operation?: VisibleError): VisibleError {
  const linked = linkedDatabase(link);
  const number = linked?.mostRecentLinkError;
  const state = linked ? `${linked.replicaState}: ${inWords(linked)}` : "no state";
  const codes = [...(number ? [Number(number) || theirs(number)] : []), ...(operation?.codes ?? [])];
  return new VisibleError(
    {
      doing,
      said: [`Link state ${state}${number ? `; error ${number}` : ""}.`, ...(operation?.failure.said ?? [])],
      ...(adviceFor(codes) ?? {
        cause: "the managed instance and SQL Server do not agree.",
        remedy: "https://aka.ms/mi-link-troubleshooting",
      }),
    },
    codes,
  );
}

/** What the next update can repair, in words. A lost connection is none of it: that comes back with the partner. */
export function unfitness(link: Link): string | undefined {
  const linked = linkedDatabase(link);
  if (neverStarted(link))
    return `${linked ? inWords(linked) : "the link could not be made"}${linked?.mostRecentLinkError ? ` (error ${linked.mostRecentLinkError})` : ""}`;
  return isBeingMade(link) ? "the link is still being made" : undefined;
}

export function linkExists(inputs: Inputs, link: Link): VisibleError {
  return new VisibleError(
    {
      doing: `create ${linkLabel(inputs)}`,
      said: [
        `a link of the name ${link.name} exists already, for the database ${linkedDatabase(link)?.databaseName ?? "(none)"} from ${link.properties.partnerEndpoint ?? "(unknown)"}`,
      ],
      ...existing({
        look: `az sql mi link show ${linkArguments(inputs.managedInstanceId)} -n ${quotedWord(link.name)}`,
        instead: "give another linkName",
      }),
    },
    ["LinkAlreadyExists"],
  );
}

export function refuseExisting(inputs: Inputs, link: Link | undefined, database: Database | undefined): void {
  const doing = `create ${linkLabel(inputs)}`;
  if (link) throw linkExists(inputs, link);
  if (database) {
    throw new VisibleError(
      {
        doing,
        said: [`${databaseLabel(inputs)} exists already${inState(database)}`],
        cause:
          'a link makes its own copy and never writes over a database. This one may be the copy of an earlier link: with databaseOnDelete: "Keep", and after a cut-over, it stays when the link goes, and is an independent database since, with data of its own.',
        remedy: waysOn(inputs),
      },
      ["ManagedDatabaseNameInUse"],
    );
  }
}

/** Says it where a database is there and cannot be used. */
const inState = ({ properties: { status } }: Database): string =>
  status === undefined || status.toLowerCase() === "online" ? "" : `, in the state ${status}`;

/** Advice for 41976 where the link has been connected before. */
const noAnswer: Entry = {
  entry: "41976",
  cause:
    "SQL Server is down or out of reach, its mirroring endpoint is stopped, its certificate has expired, or its availability group or distributed one was dropped.",
  remedy:
    "see SQL Server's side: SELECT last_connect_error_number, last_connect_error_description FROM sys.dm_hadr_availability_replica_states, and its error log.",
};

/** Warns of a link that lost its partner, unless there is drift, which the next update repairs. */
export function disconnection({ drift, ...state }: State & { readonly drift?: string }): string[] {
  if (drift !== undefined || !/^disconnected$/i.test(state.connectedState ?? "")) return [];
  const { mostRecentLinkError: error } = state;
  const number = Number(error);
  return [
    notConnected(
      `${capital(linkLabel(state))} was not connected to SQL Server`,
      error === undefined ? [] : [`Error of the link in Azure: ${error}`],
      number > 0 && number !== 41976 ? adviceFor([number]) : noAnswer,
    ),
  ];
}

/** Said in every run, as no refresh shows what the next up will do. */
export const deletedInAzure = (state: State): string => {
  const { said, ...advice } = copyLeft(state);
  const label = capital(linkLabel(state));
  return inFull(`${label}: ${said.join("; ")}. The next pulumi up changes nothing of it and fails.`, {
    ...advice,
    entry: "LinkDeleted",
  });
};

/** What to do about a database that stands where the copy has to be. Only the user knows whose data is in it. */
const waysOn = (inputs: Inputs): string =>
  [
    `look at the data in it, and at the database: az sql midb show ${azArguments(inputs.managedInstanceId)} -n ${quotedWord(inputs.databaseName)}`,
    "If it is in use, as after a cut-over: take the link out of the program (with the groups and the database that it was made of) and run pulumi up, which leaves the database on the managed instance; or pulumi state delete <urn of the link>.",
    `If SQL Server is the original and nobody uses this one: rename it on the managed instance, which keeps its data: ${sql`ALTER DATABASE ${sql.identifier(inputs.databaseName)} MODIFY NAME = ${sql.identifier(`${inputs.databaseName}_kept`)}`.text}; then run pulumi up --refresh, which makes a new copy.`,
  ].join(nextLine);

/** The link was deleted in Azure, and its copy is still there: what that means, and both ways on. */
export const copyLeft = (inputs: Inputs) => ({
  said: [`the link was deleted in Azure; ${databaseLabel(inputs)} is an independent database now`],
  cause:
    "somebody cut over to the managed instance, or deleted the link by mistake, or a destroy was killed between the link and its copy; making it again needs the copy gone, which may hold data by now.",
  remedy: waysOn(inputs),
});
