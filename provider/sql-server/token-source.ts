import { VisibleError } from "../errors/visible-error";

/** Where tokens of Microsoft Entra come from: each is for a connection that is opened now. */
export interface TokenSource {
  /** Tells the tokens of one principal from another's. */
  readonly key: string;
  /** Whom the tokens are for, `https://database.windows.net`; undefined: the token itself says so. */
  readonly audience?: string;
  get(): Promise<string>;
  /** Waits, with a word to the user, until a token can be had. */
  wait(): Promise<void>;
}

/** What a token says about itself (Microsoft identity platform, "Access token claims reference"). Nothing here is secret. */
export interface Claims {
  readonly aud?: string;
  readonly exp?: number;
  readonly appid?: string;
  readonly upn?: string;
  readonly tid?: string;
}

/** Reads a token for messages: nobody here could verify it. undefined where it is none that can be read. */
export function claimsOf(token: string): Claims | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    return typeof claims === "object" && claims !== null ? claims : undefined;
  } catch {
    return undefined;
  }
}

/** What a token is, in a sentence: for whom, whose and until when. */
export function described({ aud, exp, appid, upn, tid }: Claims): string {
  const whose = upn ?? (appid === undefined ? "an unnamed principal" : `the application ${appid}`);
  const until = typeof exp === "number" ? `, until ${new Date(exp * 1000).toISOString()}` : "";
  return `The token is for ${aud ?? "nobody in particular"}, of ${whose} in the tenant ${tid ?? "(not named)"}${until}.`;
}

/** Whether it had expired, by this machine's clock. */
export const hasExpired = ({ exp }: Claims): boolean => typeof exp === "number" && exp * 1000 <= Date.now();

/**
 * Refuses, before a token leaves this machine, to give it to a server that asks for another one: a server that is not what
 * it seems may name any service, and a token for Azure Resource Manager is worth more than one for SQL Server.
 */
export function refuseOtherAudience(
  doing: string,
  asked: string,
  audience: string | undefined,
  claims: Claims | undefined,
): void {
  const wanted = hostOf(asked);
  const expected = audience === undefined ? wanted : hostOf(audience);
  // A name that is no address is left to the server.
  const given = hostOf(claims?.aud ?? "") ?? expected;
  if (wanted === expected && given === expected) return;
  throw new VisibleError(
    wanted === expected
      ? {
          doing,
          said: claims ? [described(claims)] : [],
          cause: `the server takes tokens for https://${wanted}/ only. The token was not sent.`,
          remedy: `get one that is: az account get-access-token --resource https://${wanted}/ --query accessToken -o tsv`,
        }
      : {
          doing,
          cause: `the server asks for a token for ${asked}, and in this cloud those for SQL Server are for ${audience}/. No token was sent.`,
          remedy:
            "make sure that the host is your SQL Server; where it is set up for another cloud: pulumi config set azure-native:environment <public, usgovernment or china>",
        },
    ["OtherAudience"],
  );
}

const hostOf = (address: string): string | undefined =>
  URL.canParse(address) ? new URL(address).host || undefined : undefined;
