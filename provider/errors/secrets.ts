const secrets = new Set<string>();

/** From now on the value appears in no message. */
export function rememberSecret(value: string): void {
  if (value.length > 0) secrets.add(value);
}

/**
 * Text that others wrote: T-SQL syntax errors quote parts of a statement, and drivers quote settings. `known` is what our
 * own sentence beside it names anyway: a user named as its password is shown as the user, or the gap would tell the password.
 */
export function scrub(text: string, known = ""): string {
  let clean = text;
  for (const secret of secrets) {
    if (known.includes(secret)) continue;
    for (const form of formsOf(secret)) {
      clean = isOrdinary(secret) ? withoutQuoted(clean, form) : clean.replaceAll(form, "[secret]");
    }
  }
  return clean;
}

/** A sentence of ours, which may repeat what the user gave: an ordinary word is in it by chance, and no secret there. */
export function scrubOurs(sentence: string, known = ""): string {
  let clean = sentence;
  for (const secret of secrets) {
    if (isOrdinary(secret) || known.includes(secret)) continue;
    for (const form of formsOf(secret)) clean = clean.replaceAll(form, "[secret]");
  }
  return clean;
}

const formsOf = (secret: string): readonly string[] => [
  secret,
  secret.replaceAll("'", "''"),
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
];

/** Words and numbers, as sentences have them: not to be told from the same word that stands there anyway. */
const isOrdinary = (secret: string): boolean => secret.length < 6 || /^(?:[\p{L}\s.,:;]+|\p{N}+)$/u.test(secret);

/** Where it is quoted, it is a value. */
function withoutQuoted(text: string, form: string): string {
  return [`'${form}'`, `"${form}"`, `[${form}]`].reduce(
    (clean, quoted) => clean.replaceAll(quoted, `${quoted.at(0)}[secret]${quoted.at(-1)}`),
    text,
  );
}
