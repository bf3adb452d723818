import { type SqlServer, settingNames } from "../arguments/sql-server-settings";
import { reworded, VisibleError } from "../errors/visible-error";

/** The options by which a server's settings are given. Who types a command never wrote `sqlServer.caFile`. */
export type OptionNames = Readonly<Partial<Record<keyof SqlServer, string>>>;

/** A command line that says what cannot be: the exit code tells it from what failed. */
export class WrongCommandLine extends VisibleError {}

const given = new WeakMap<SqlServer, OptionNames>();

/** Notes that settings came from the command line. Those of a stack keep the words of its program. */
export function givenBy(options: OptionNames, settings: SqlServer): SqlServer {
  given.set(settings, options);
  return settings;
}

/** Does something with a server. A failure names the options by which its settings were given. */
export async function inWordsOf<T>(settings: SqlServer, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const options = given.get(settings);
    if (options === undefined || !(error instanceof VisibleError)) throw error;
    throw reworded(error, (sentence) => inOptionWords(sentence, options));
  }
}

const names = settingNames.join("|");
const path = new RegExp(`\\bsqlServer\\.(${names})\\b(?:: (?:true|"(\\w+)"))?`, "g");
const word = new RegExp(`(?<![\\w.\\\\-])(${names})\\b`, "g");

const nameOf = (setting: string, options: OptionNames): string => options[setting as keyof SqlServer] ?? setting;

function inOptionWords(sentence: string, options: OptionNames): string {
  return sentence
    .replace(/(?:, or,|;) on a network you trust[,:] sqlServer\.trustServerCertificate: true/, (clause) =>
      options.trustServerCertificate === undefined ? "" : clause,
    )
    .replace("sqlServer.credential or password", "sqlServer.credential")
    .replace("host and port", "sqlServer.host and sqlServer.port")
    .replace('authentication: "Ntlm" with user', 'sqlServer.authentication: "Ntlm" with sqlServer.user')
    .replace(/, or: pulumi config set azure-native:\w+ <id>/, "")
    .replace(", in every shell that runs pulumi:", ":")
    .replace(/\brun pulumi up again(?: with --parallel \d+)?/, "run it again")
    .replace(path, (_, setting: string, value?: string) =>
      [nameOf(setting, options), ...(value ? [value] : [])].join(" "),
    );
}

/** A problem that a check found in the settings: there they stand without what they belong to. */
export const problemInOptionWords = (problem: string, options: OptionNames): string =>
  problem
    .replace("has a problem: ", "")
    .replace("password or credential (env:NAME, file:PATH or config:KEY)", "credential (env:NAME or file:PATH)")
    .replace(word, (setting) => nameOf(setting, options));
