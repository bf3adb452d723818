import { readFile } from "node:fs/promises";
import { rememberSecret } from "../errors/secrets";
import { VisibleError } from "../errors/visible-error";

const isWindows = process.platform === "win32";

/** The configuration of the stack, by key. */
export type Config = (key: string) => string | undefined;

export interface SecretSource {
  readonly password?: string;
  /** env:NAME, file:PATH or config:KEY. */
  readonly credential?: string;
}

/**
 * A secret given as it is, or as a reference. env:NAME and file:PATH are read afresh each time and stored nowhere; the
 * configuration behind config:KEY is kept in the state of the stack, and refresh and destroy see what it was at the last up.
 */
export async function resolveSecret(
  given: SecretSource,
  purpose: string,
  config: Config,
  what = "password",
): Promise<string> {
  const secret = given.password ?? (await dereference(given.credential ?? "", `${what} ${purpose}`, config));
  rememberSecret(secret);
  return secret;
}

async function dereference(reference: string, purpose: string, config: Config): Promise<string> {
  const [, scheme, name = ""] = /^(\w+):(.*)$/s.exec(reference) ?? [];
  switch (scheme) {
    case "env":
      return (
        process.env[name] ??
        missing(
          purpose,
          `the environment variable ${name} is not set`,
          `set it, in every shell that runs pulumi: ${isWindows ? `$env:${name} = Read-Host -MaskInput` : `read -rs ${name} && export ${name}`}`,
        )
      );
    case "config":
      return (
        config(name) ??
        missing(purpose, `the stack's configuration has no ${name}`, `pulumi config set --secret ${name}`)
      );
    case "file":
      try {
        return textOf(await readFile(name)).replace(/\r?\n$/, "");
      } catch (error) {
        return missing(
          purpose,
          `${(error as NodeJS.ErrnoException).code}: ${name} cannot be read`,
          `put it into ${name}, readable for you only.`,
        );
      }
    default:
      return missing(
        purpose,
        "there is no password and no reference to one",
        "give password, or credential as env:NAME, file:PATH or config:KEY.",
      );
  }
}

/** Files that were written on Windows may begin with a byte order mark, and PowerShell's `>` writes UTF-16. */
function textOf(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isUtf16 ? "utf-16le" : "utf-8").decode(bytes);
}

function missing(purpose: string, cause: string, remedy: string): never {
  throw new VisibleError({ doing: `find the ${purpose}`, cause: `${cause}.`, remedy }, ["NoCredential"]);
}

/** How a reference must look, in words that end the sentence "credential ...". */
export function credentialProblem(reference: string): string | undefined {
  return /^(env|file|config):.+/s.test(reference) ? undefined : "must look like env:NAME, file:PATH or config:KEY";
}

/** "env", "file" or "config", of a reference that looks as it must. */
export const schemeOf = (reference: string): string => reference.split(":", 1)[0] ?? "";
