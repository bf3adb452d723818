import type { SqlError } from "../messages";
import { sqlError } from "../messages";
import type { Query } from "../syntax/query";
import type { SqlType } from "../types";
import { reservedWords } from "./keywords";
import { type Token, tokenize } from "./lexer";

/** The deepest nesting that the parser, the binder and the evaluator can follow without running out of stack. */
const deepest = 200;

export interface Cursor {
  /** The variables declared so far, in lower case with the @. */
  readonly variables: Map<string, SqlType>;
  /** The labels in the text, and those that a GOTO names, each with its line. */
  readonly labels: {
    readonly declared: Set<string>;
    readonly wanted: { readonly label: string; readonly line: number }[];
  };
  /** Errors that do not stop the parser (137, 134) but reject the batch. */
  readonly errors: SqlError[];
  /** The whole text, for definitions that are kept as written. */
  readonly text: string;
  peek(ahead?: number): Token;
  /** The text from this token up to the next one. */
  written(from: Token): string;
  next(): Token;
  /** Whether the next tokens are these keywords or symbols. */
  at(...keywords: readonly string[]): boolean;
  /** Steps over the keywords if all of them come next. */
  accept(...keywords: readonly string[]): boolean;
  expect(...keywords: readonly string[]): void;
  /** Steps over whichever of these keywords comes next, and returns it. */
  choose<K extends string>(...keywords: readonly K[]): K;
  /** Throws 102 or 156 at the next token. */
  fail(): never;
  raise(error: SqlError, token?: Token): never;
  nest<T>(parse: () => T): T;
  /** Parses a query inside of an expression; a cursor can, because queries and expressions contain each other. */
  query(): Query;
}

/** `query` parses a query; without it the text can contain none. */
export function createCursor(
  text: string,
  declared: ReadonlyMap<string, SqlType>,
  quotedIdentifiers: boolean,
  query: (cursor: Cursor) => Query = (cursor) => cursor.fail(),
): Cursor {
  const tokens = tokenize(text, quotedIdentifiers);
  const end = tokens[tokens.length - 1] as Token;
  let position = 0;
  let depth = 0;

  const cursor: Cursor = {
    variables: new Map(declared),
    labels: { declared: new Set(), wanted: [] },
    errors: [],
    text,
    peek: (ahead = 0) => tokens[position + ahead] ?? end,
    written: (from) => text.slice(from.start, tokens[position - 1]?.end ?? from.start),
    next() {
      const token = cursor.peek();
      if (token.kind === "end") cursor.fail();
      position++;
      return token;
    },
    at: (...keywords) => keywords.every((keyword, index) => cursor.peek(index).keyword === keyword),
    accept(...keywords) {
      if (!cursor.at(...keywords)) return false;
      position += keywords.length;
      return true;
    },
    expect(...keywords) {
      for (const keyword of keywords) if (!cursor.accept(keyword)) cursor.fail();
    },
    choose<K extends string>(...keywords: readonly K[]): K {
      const chosen = keywords.find((keyword) => cursor.accept(keyword));
      return chosen ?? cursor.fail();
    },
    fail() {
      const token = cursor.peek();
      const isKeyword = token.kind === "word" && reservedWords.has(token.keyword);
      return cursor.raise(sqlError(isKeyword ? 156 : 102, token.text), token);
    },
    raise(error, token = cursor.peek()) {
      error.line = token.line;
      throw error;
    },
    nest(parse) {
      if (++depth > deepest) cursor.raise(sqlError(191));
      const parsed = parse();
      depth--;
      return parsed;
    },
    query: () => query(cursor),
  };
  return cursor;
}

/** Parses a name: quoted, or a word that is not reserved. */
export function identifier(cursor: Cursor): string {
  return isIdentifier(cursor.peek()) ? cursor.next().text : cursor.fail();
}

export function isIdentifier(token: Token): boolean {
  return token.kind === "quoted" || (token.kind === "word" && !reservedWords.has(token.keyword));
}

export function stringLiteral(cursor: Cursor): string {
  return cursor.peek().kind === "string" ? cursor.next().text : cursor.fail();
}

export function integerLiteral(cursor: Cursor): number {
  const token = cursor.peek();
  return token.kind === "number" && /^\d{1,15}$/.test(token.text) ? Number(cursor.next().text) : cursor.fail();
}

/** Parses a whole number with its sign, of any size. */
export function wholeNumber(cursor: Cursor): bigint {
  const sign = cursor.accept("-") ? -1n : 1n;
  cursor.accept("+");
  const token = cursor.peek();
  if (token.kind !== "number" || !/^\d+$/.test(token.text)) cursor.fail();
  return sign * BigInt(cursor.next().text);
}

/** Parses `item , item , ...`. */
export function list<T>(cursor: Cursor, parse: () => T): T[] {
  const items = [parse()];
  while (cursor.accept(",")) items.push(parse());
  return items;
}

export function parenthesizedList<T>(cursor: Cursor, parse: () => T): T[] {
  cursor.expect("(");
  const items = list(cursor, parse);
  cursor.expect(")");
  return items;
}
