import type { ResourceType } from "#provider/dynamic/index";

/**
 * One thing that somebody does by hand. T-SQL goes to the SQL Server, or to the managed instance; a request's path is below
 * the managed instance. `{fqdn}` and its like stand for what only the run knows: see `Names`.
 */
export type Act =
  | string
  | { readonly onInstance: string }
  | { readonly request: string; readonly body?: object }
  | { readonly azure: "renews its certificate" }
  | { readonly program: Readonly<Record<string, string>> };

/** What `{name}` stands for in an act, a query or an expected value. */
export interface Names {
  readonly host: string;
  readonly url: string;
  readonly fqdn: string;
  /** Name and hexadecimal of the certificate that the stack has made. */
  readonly certificate: string;
  readonly blob: string;
  /** Another certificate, which nobody knows. */
  readonly otherBlob: string;
  readonly digicertBlob: string;
  readonly instanceBlob: string;
}

/** A row of the query, on SQL Server or on the managed instance; or properties of what Azure shows, undefined where it shows nothing. */
export type Shown =
  | { readonly query: string; readonly onInstance?: true; readonly row: object | undefined }
  | { readonly get: string; readonly properties: object | undefined };

/** One cell of the matrix: a property that a DBA or a user of the portal changes or drops, and what comes of it. */
export interface Cell {
  readonly resource: ResourceType;
  /** An argument or an output, a column of the catalog, or a clause; with what became of it. */
  readonly property: string;
  readonly byHand: readonly Act[];
  /** The number of the error with which SQL Server refuses it: nobody can change it. */
  readonly refusedBySqlServer?: number;
  /**
   * What the refresh finds, in the words of the preview that follows: `update endpoint: port`, `create trust`. Nothing else
   * is found. The input `drift` has a sentence where no input shows it.
   */
  readonly found: readonly string[];
  readonly drift?: RegExp;
  /** What the preview shows where that is more: what depends on something that is made again. */
  readonly preview?: readonly string[];
  /** What `up` changes where that is less: a value that the preview does not know may turn out to be as it was. */
  readonly up?: readonly string[];
  /** `up` refuses with these words, and goes on after the remedy in them; `inPreview`: the preview says it already. */
  readonly refused?: { readonly words: RegExp; readonly inPreview?: true; readonly remedy: readonly Act[] };
  /** What is there after all. */
  readonly shown: readonly Shown[];
  /** Done when all was seen, so that the next cell finds the link as it was. */
  readonly afterwards?: readonly Act[];
  /** Why nothing is found, or the link is not as it was. */
  readonly because?: string;
  /** Nothing comes after it on the same stack. */
  readonly isLast?: true;
  /** The link that is connected in the end; false where its loss is the point. */
  readonly isConnected?: false;
}

export const labelOf = ({ resource, property }: Cell): string => `${resource}: ${property}`;
