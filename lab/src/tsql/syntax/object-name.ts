export interface ObjectName {
  readonly database?: string;
  readonly schema?: string;
  readonly name: string;
}

/** The parts of a name in a string, `db.schema.name`, without brackets and quotes; a part may be empty. */
function nameParts(text: string): string[] {
  const part = /\[((?:[^\]]|\]\])*)\]|"((?:[^"]|"")*)"|([^.]*)/y;
  const parts: string[] = [];
  for (part.lastIndex = 0; part.lastIndex <= text.length; part.lastIndex++) {
    const [, bracketed, quoted, plain = ""] = part.exec(text) ?? [];
    parts.push(bracketed?.replaceAll("]]", "]") ?? quoted?.replaceAll('""', '"') ?? plain.trim());
  }
  return parts;
}

/** Returns undefined where the text is not a name. */
export function nameIn(text: string): ObjectName | undefined {
  const [name, schema, database] = nameParts(text).reverse();
  return name ? { name, schema: schema || undefined, database: database || undefined } : undefined;
}
