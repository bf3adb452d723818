import { SqlError, sqlError } from "../messages";

export interface Token {
  readonly kind: "word" | "quoted" | "string" | "number" | "money" | "binary" | "variable" | "symbol" | "end";
  /** The text without quotes, as "near '...'" shows it. */
  readonly text: string;
  /** Upper case for words and symbols, to compare keywords with; empty for everything else. */
  readonly keyword: string;
  /** N'...' */
  readonly national: boolean;
  readonly line: number;
  /** The position in the text, to find again what a statement was written as. */
  readonly start: number;
  readonly end: number;
}

const identifierLimit = 128;
const blank = /[\s\0\u200b\ufeff]+/uy;
const restOfLine = /[^\r\n]*/y;
const word = /[\p{L}_#][\p{L}\p{N}_@#$]*/uy;
const variable = /@[\p{L}\p{N}_@#$]*/uy;
const binary = /0x(?:\\\r?\n|[0-9a-f])*/iy;
const number = /(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d*)?/iy;
/** A $ alone is no amount: before a letter it is part of a name, $action. */
const money = /\$(?:\d[\d,]*(?:\.\d*)?|\.\d+|(?![\p{L}_]))/uy;
const symbol = /<=|>=|<>|!=|!<|!>|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|::|./suy;
const openingQuote = /N'|['["]/iy;
const plainTokens = [
  ["variable", variable],
  ["binary", binary],
  ["number", number],
  ["money", money],
  ["word", word],
  ["symbol", symbol],
] as const;

/** Splits a batch into tokens. `quotedIdentifiers` says what "..." is (SET QUOTED_IDENTIFIER). Throws 105, 113, 103, 1038. */
export function tokenize(text: string, quotedIdentifiers = true): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  let nextLine = text.indexOf("\n");

  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  }
  function push(kind: Token["kind"], value: string, end: number, national = false): void {
    if ((kind === "word" || kind === "quoted" || kind === "variable") && value.length > identifierLimit) {
      throw onLine(sqlError(103, value.slice(0, identifierLimit), identifierLimit), line);
    }
    const keyword = kind === "word" || kind === "symbol" ? value.toUpperCase() : "";
    tokens.push({ kind, text: value, keyword, national, line, start: at, end });
    advance(end);
  }
  /** Moves on and counts lines. It looks for each line break once, so that counting takes no longer than reading. */
  function advance(to: number): void {
    while (nextLine >= 0 && nextLine < to) {
      line++;
      nextLine = text.indexOf("\n", nextLine + 1);
    }
    at = to;
  }
  function quoted(open: number, close: string): { value: string; end: number } {
    let value = "";
    let from = open;
    for (;;) {
      const found = text.indexOf(close, from);
      if (found < 0) throw unclosed(text.slice(open), line);
      value += text.slice(from, found);
      if (text[found + 1] !== close) return { value, end: found + 1 };
      value += close;
      from = found + 2;
    }
  }
  function skipBlank(): boolean {
    const length = text.startsWith("/*", at)
      ? commentLength(text, at, line)
      : (match(text.startsWith("--", at) ? restOfLine : blank)?.length ?? 0);
    advance(at + length);
    return length > 0;
  }
  function readQuoted(): boolean {
    const open = match(openingQuote);
    if (open === undefined) return false;
    const { value, end } = quoted(at + open.length, open === "[" ? "]" : open.slice(-1));
    if (open.endsWith("'")) push("string", value, end, open.length === 2);
    else if (open === '"' && !quotedIdentifiers) push("string", value, end);
    else if (value === "") throw onLine(sqlError(1038), line);
    else push("quoted", value, end);
    return true;
  }
  function readPlain(): void {
    for (const [kind, pattern] of plainTokens) {
      const value = match(pattern);
      if (value !== undefined) return push(kind, value, at + value.length);
    }
  }

  while (at < text.length) if (!skipBlank() && !readQuoted()) readPlain();
  tokens.push({
    kind: "end",
    text: tokens.at(-1)?.text ?? "",
    keyword: "",
    national: false,
    line: tokens.at(-1)?.line ?? line,
    start: text.length,
    end: text.length,
  });
  return tokens;
}

/** Comments nest: each slash-star needs its own star-slash. */
function commentLength(text: string, start: number, line: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let depth = 0;
  for (let found = mark.exec(text); found; found = mark.exec(text)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return mark.lastIndex - start;
  }
  throw onLine(sqlError(113), line);
}

/** The server reports both the unclosed quotation mark and the syntax error that follows from it. */
function unclosed(rest: string, line: number): SqlError {
  const cause = onLine(sqlError(105, rest), line);
  const { severity, text } = sqlError(102, rest);
  return new SqlError(102, severity, text, 1, line, "", [cause]);
}

function onLine(error: SqlError, line: number): SqlError {
  error.line = line;
  return error;
}
