/** Dynamic SQL doubles the quotes of the literal, once or more often. */
const secretLiteral = /\b((?:PASSWORD|SECRET|OLD_PASSWORD)\s*=\s*N?)('+)(?:(?!\2)[\s\S]|\2\2)*\2/gi;

/** A statement as the journal keeps it. */
export function withoutSecrets(text: string): string {
  return text.replace(secretLiteral, "$1$2***$2");
}
