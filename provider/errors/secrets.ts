const secrets = new Set<string>();

/** From now on the value appears in no message. */
export function rememberSecret(value: string): void {
  if (value.length >= 3) secrets.add(value);
}

/** T-SQL syntax errors quote parts of a statement and drivers quote settings, so every message passes through here. */
export function scrub(text: string): string {
  let clean = text;
  for (const secret of secrets) {
    for (const form of [
      secret,
      secret.replaceAll("'", "''"),
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
    ]) {
      clean = clean.replaceAll(form, "[secret]");
    }
  }
  return clean;
}
