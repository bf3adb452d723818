import { canonicalInstanceId, parseInstanceId } from "../../arguments/managed-instance-id";
import { counted } from "../../errors/wording";
import { fileOf, type Part, textOf } from "./parts";

/** What the document tells about its servers. */
export interface About {
  readonly serverName: string;
  readonly managedInstanceId: string;
  readonly databases: readonly string[];
  readonly isPaired: boolean;
  /** How the two names were found, a sentence. */
  readonly origin: string;
}

/** The whole in order, to be read, handed on and pasted: Markdown. */
export const documentOf = (parts: readonly Part[], about: About): string => {
  const { serverName, managedInstanceId, databases, isPaired, origin } = about;
  const { name, subscriptionId } = parseInstanceId(canonicalInstanceId(managedInstanceId));
  return [
    `# Links from SQL Server ${serverName} to the managed instance ${name}: ${databases.join(", ")}\n`,
    `What pulumi up runs ${isPaired ? "between two that trust each other already, " : ""}where nothing of it is there yet, in ${counted(parts.length, "part")}, one after the other. ${origin}\n`,
    "- On SQL Server: in SSMS, sqlcmd or another console, signed in as a member of sysadmin.",
    `- In Azure: in bash, as in Azure Cloud Shell, after \`az login\` and \`az account set --subscription ${subscriptionId}\`.`,
    "- What is known only on the way has a place, `$(Name)`: replace it before you run the part. In bash: export Name=value.",
    "- `put` waits until Azure has done it: for a link until its database is copied, which may take hours or days.",
    "- When a part reports an error, stop, and mend that first. SSMS itself goes on with the next batch: look at its messages.\n",
    ...placesOf(parts),
    "Not in it: the looks by which up finds out beforehand that something is in the way, and the notes that it leaves for its",
    "stack. `mi-link import` takes the finished links into one.\n",
    ...parts.flatMap((part) => [
      `## ${part.number}. ${part.on === "Azure" ? "In Azure" : `On SQL Server ${serverName}`} (${fileOf(part)})\n`,
      `\`\`\`${part.on === "Azure" ? "sh" : "sql"}\n${textOf(part)}\`\`\`\n`,
    ]),
  ].join("\n");
};

function placesOf(parts: readonly Part[]): string[] {
  const names = [...new Set(parts.flatMap(({ takes }) => takes))];
  if (names.length === 0) return [];
  const rows = names.map((name) => {
    const giver = parts.find(({ gives }) => gives.includes(name));
    const takers = parts.filter(({ takes }) => takes.includes(name)).map(({ number }) => number);
    const from = giver ? `what part ${giver.number} prints` : "a new password, of your own; keep it in a safe place";
    return `| \`${name}\` | ${from} | ${takers.join(", ")} |`;
  });
  return ["| place | value | in part |", "| --- | --- | --- |", ...rows, ""];
}
