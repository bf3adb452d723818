import { BailErrorStrategy, CharStreams, CommonTokenStream, RecognitionException, Token } from "antlr4ts";
import { PredictionMode } from "antlr4ts/atn/PredictionMode";
import { TSqlLexer } from "antlr4ts-sql/dist/src/grammar-output/tsql/TSqlLexer";
import { TSqlParser } from "antlr4ts-sql/dist/src/grammar-output/tsql/TSqlParser";

/**
 * The line of the token that the public T-SQL grammar refuses in a batch, undefined where it takes all of it. It is the
 * one of antlr's collection (grammars-v4), which many people wrote down from Microsoft's documentation. Of its rules it is that of a batch,
 * as its files hold any number of those without a GO between them, or that of a procedure's call without EXEC.
 */
export function refusedByGrammar(batch: string): number | undefined {
  const tokens = readTokens(batch);
  if (typeof tokens === "number") return tokens;
  // SLL is quick and never takes what LL refuses; what it refuses itself, LL may take.
  return (
    refusal(tokens, PredictionMode.SLL, (parser) => parser.batch()) &&
    refusal(tokens, PredictionMode.SLL, (parser) => parser.execute_body_batch()) &&
    refusal(tokens, PredictionMode.LL, (parser) => parser.batch())
  );
}

function readTokens(batch: string): CommonTokenStream | number {
  let unreadable: number | undefined;
  // The grammar's keywords are upper case, and what is in quotes does not matter to it.
  const lexer = new TSqlLexer(CharStreams.fromString(batch.toUpperCase()));
  lexer.removeErrorListeners();
  lexer.addErrorListener({
    syntaxError: (_lexer, _symbol, line) => {
      unreadable ??= line;
    },
  });
  const tokens = new CommonTokenStream(lexer);
  tokens.fill();
  return unreadable ?? tokens;
}

function refusal(
  tokens: CommonTokenStream,
  mode: PredictionMode,
  parse: (parser: TSqlParser) => void,
): number | undefined {
  tokens.seek(0);
  const parser = new TSqlParser(tokens);
  parser.buildParseTree = false;
  parser.removeErrorListeners();
  parser.errorHandler = new BailErrorStrategy();
  parser.interpreter.setPredictionMode(mode);
  try {
    parse(parser);
    const next = tokens.LT(1);
    return next.type === Token.EOF ? undefined : next.line;
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (!(cause instanceof RecognitionException)) throw error;
    return cause.getOffendingToken()?.line ?? 1;
  }
}
