/** Each with the forms in which a text may hold it. */
const secrets = new Map<string, readonly string[]>();

/** From now on the value appears in no message. */
export function rememberSecret(value: string): void {
  if (value.length > 0 && !secrets.has(value)) secrets.set(value, formsOf(value));
}

/**
 * Takes every remembered secret out of a text that others wrote: SQL Server's syntax errors quote parts of a statement,
 * and drivers quote settings. `known` is our own sentence beside it: a secret that it names anyway stays, for a gap there
 * would tell that the name of the user, say, is also the password.
 */
export function scrub(text: string, known = ""): string {
  let clean = text;
  for (const [secret, forms] of secrets) {
    if (known.includes(secret)) continue;
    for (const form of forms) {
      clean = isOrdinary(secret) ? withoutQuoted(clean, form) : clean.replaceAll(form, "[secret]");
    }
  }
  return clean;
}

/** Does the same for a sentence of ours, which may repeat what the user gave. A secret that is an ordinary word stays: it is there by chance. */
export function scrubOurs(sentence: string, known = ""): string {
  let clean = sentence;
  for (const [secret, forms] of secrets) {
    if (isOrdinary(secret) || known.includes(secret)) continue;
    for (const form of forms) clean = clean.replaceAll(form, "[secret]");
  }
  return clean;
}

const formsOf = (secret: string): readonly string[] => [
  secret,
  secret.replaceAll("'", "''"),
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
];

/** Whether the secret looks like a word or a number of an ordinary sentence, and cannot be told from one. */
const isOrdinary = (secret: string): boolean => secret.length < 6 || /^(?:[\p{L}\s.,:;]+|\p{N}+)$/u.test(secret);

/** Takes an ordinary word out only between quotes: there it is a value. */
function withoutQuoted(text: string, form: string): string {
  return [`'${form}'`, `"${form}"`, `[${form}]`].reduce(
    (clean, quoted) => clean.replaceAll(quoted, `${quoted.at(0)}[secret]${quoted.at(-1)}`),
    text,
  );
}
