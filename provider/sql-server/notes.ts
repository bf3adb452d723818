import { createHash } from "node:crypto";
import type { Advice } from "../errors/advice";
import { nextLine } from "../errors/existing";
import { isFailure, VisibleError } from "../errors/visible-error";
import type { Sql } from "./connection";
import { type Statement, sql } from "./tsql";

/** One resource of one stack, as it signs what it makes. */
export interface Author {
  /** `organization/project/stack`. */
  readonly stack: string;
  /** Where the stack's state is kept: two stacks of one name may have different ones. */
  readonly backend: string;
  readonly urn: string;
  /** Kept in the resource's state and in its notes: proves that an object is the one in the state. */
  readonly token: string;
  /** The notes that it has: the state keeps them too. A note that is gone tells of a destroy that was killed. */
  readonly notes: Set<NoteName>;
  /** Of a delete: the notes as they were, which are removed before its objects. */
  readonly removed?: Note[];
  /** Of a create: the state has the resource already, which is to be replaced; so its notes are of no run that was killed. */
  readonly isRecorded?: boolean;
  /** Urns of what the program declares in this run: what they have noted is in use, or soon will be. */
  readonly declared?: ReadonlySet<unknown>;
}

/** Kind and name of what a note is about. */
export type NoteName = `${Kind} ${string}`;

/**
 * A note on the SQL Server about an object that a stack makes, there before the object is and removed with it: an extended
 * property of the database `master`, as there is no level type for certificates, endpoints and groups. A DBA sees it, and
 * a run that was killed is continued by it: its state never had the object.
 */
export interface Note extends Omit<Author, "notes" | "removed" | "declared" | "isRecorded"> {
  /** The object: a certificate's name, a group's ... */
  readonly name: string;
  /** Only of an object that was there before and was taken over: what was changed about it, as it was. */
  readonly before?: Before;
  /** What the object is known by once it is made, where a name is not enough: a later one of its name has another. */
  readonly id?: string;
}

type Signature = Pick<Author, "stack" | "backend" | "urn" | "token">;
type About = Pick<Note, "before" | "id">;

/** What taking over changes about an object, as it was: put back when the resource goes. */
export type Before = Readonly<Record<string, unknown>>;

/** The kinds of objects that are noted. All certificates of `master` share one kind, and all groups, as they share their names. */
export type Kind = "master-key" | "certificate" | "endpoint" | "group" | "trust-certificate" | "link" | "probe";

const prefix = "pulumi-mi-link";

/** Fits into a sysname (128) whatever the object is called. SQL Server takes names that differ in case only for one: so does this. */
const propertyName = (kind: Kind, name: string): string =>
  `${prefix}/${kind}/${hashed(name.toLowerCase()).slice(0, 32)}`;

/** An extended property holds at most 7,500 bytes. */
const longestText = 3750;

const textOf = (name: string, { stack, backend, urn, token }: Signature, { before, id }: About): string => {
  const text = (place: string, resource: string) =>
    JSON.stringify({ stack, backend: place, urn: resource, name, token, madeBy: prefix, before, id });
  const whole = text(backend, urn);
  return whole.length <= longestText ? whole : text(hashed(backend), hashed(urn));
};

/** Stands for names of any length, and for what is too long together with names that are long in JSON. */
const hashed = (text: string): string => createHash("sha256").update(text).digest("hex");

const isSame = (noted: string, text: string): boolean => noted === text || noted === hashed(text);

/** Whether the stack wrote it, by whichever of its resources. */
export const isSameStack = (note: Note, author: Pick<Author, "stack" | "backend">): boolean =>
  note.stack === author.stack && isSame(note.backend, author.backend);

/** Whether it has the name of the resource, and of its stack. */
export const isOfResource = (note: Note, author: Pick<Author, "stack" | "backend" | "urn">): boolean =>
  author.urn !== "" && isSameStack(note, author) && isSame(note.urn, author.urn);

/** Whether this very resource of this stack wrote it, in this run, in the one that made its state, or in one that was killed. */
export const isOwn = (note: Note, author: Author): boolean => note.token === author.token || isOfResource(note, author);

/** Without an author nothing is noted, and no note is heeded: notes are turned off. */
export async function findNote(
  server: Sql,
  kind: Kind,
  name: string,
  author: Author | undefined,
): Promise<Note | undefined> {
  if (!author) return undefined;
  const [row] = await server.query<{ readonly value: string | null }>(
    `read the note about ${name}`,
    sql`SELECT CONVERT(nvarchar(4000), value) AS value FROM sys.extended_properties
    WHERE class = 0 AND name = ${sql.string(propertyName(kind, name))}`,
  );
  const note = row && parsed(row.value);
  return note && { ...note, name };
}

/** All notes of one kind, in the order of their names: of this stack, and of others that use the server. */
export async function notesOf(server: Sql, kind: Kind): Promise<Note[]> {
  const rows = await server.query<{ readonly value: string | null }>(
    "read the notes of stacks",
    sql`SELECT CONVERT(nvarchar(4000), value) AS value FROM sys.extended_properties
    WHERE class = 0 AND name LIKE ${sql.string(`${prefix}/${kind}/%`)} ORDER BY name`,
  );
  return rows.flatMap(({ value }) => parsed(value) ?? []);
}

/** What somebody wrote by hand under such a name is no note. */
function parsed(value: string | null): Note | undefined {
  try {
    const note = JSON.parse(value ?? "");
    const fields: unknown[] = [note.stack, note.backend, note.urn, note.token, note.name];
    return fields.every((field) => typeof field === "string") ? note : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Notes an object that is about to be made, or, with `before`, to be taken over. SQL Server lets only one of several runs do
 * so (15233); the others are refused. `isGone`: whether what another noted was made and is not there any more, so that its
 * note is about nothing.
 */
export async function claim(
  server: Sql,
  kind: Kind,
  name: string,
  doing: string,
  author: Author | undefined,
  about: About = {},
  isGone: (note: Note) => Promise<boolean> = async () => false,
): Promise<void> {
  if (!author) return;
  const property = sql.string(propertyName(kind, name));
  const isDone = async () => (await findNote(server, kind, name, author))?.token === author.token;
  try {
    await server.change(
      `note on the server that this stack is going to ${doing}`,
      sql`EXEC sys.sp_addextendedproperty @name = ${property}, @value = ${sql.string(textOf(name, author, about))}`,
      isDone,
    );
  } catch (error) {
    if (!isFailure(error, 15233)) throw error;
    const note = await findNote(server, kind, name, author);
    if (note && !isOwn(note, author)) {
      if (!(await isGone(note))) throw claimed(server, doing, kind, note);
      await forgetNote(server, kind, note);
      // Where another run is faster, that is refused: what it is about to make is not gone.
      return await claim(server, kind, name, doing, author, about);
    }
    await renew(server, kind, name, author, about);
  }
  author.notes.add(`${kind} ${name}`);
}

/** Signs a note of this resource anew, so that the state and the note have the same token, or says what was made. */
export async function renew(
  server: Sql,
  kind: Kind,
  name: string,
  author: Author | undefined,
  about: About = {},
): Promise<void> {
  if (!author) return;
  await server.change(
    `note on the server that ${name} is this stack's`,
    sql`EXEC sys.sp_updateextendedproperty @name = ${sql.string(propertyName(kind, name))}, @value = ${sql.string(textOf(name, author, about))}`,
    async () => (await findNote(server, kind, name, author))?.token === author.token,
  );
  author.notes.add(`${kind} ${name}`);
}

/** Removes the note of this resource, when its object is gone or is left to others. A note of somebody else stays. */
export async function forget(server: Sql, kind: Kind, name: string, author: Author | undefined): Promise<void> {
  if (!author?.notes.has(`${kind} ${name}`)) return;
  await server.change(
    `remove the note about ${name}`,
    sql`IF EXISTS (SELECT 1 FROM sys.extended_properties WHERE class = 0 AND name = ${sql.string(propertyName(kind, name))}
      AND CHARINDEX(${sql.string(`"token":"${author.token}"`)}, CONVERT(nvarchar(4000), value)) > 0)
    ${removal(kind, name)}`,
    async () => false,
  );
  author.notes.delete(`${kind} ${name}`);
}

/** In a delete: what the same resource has noted about other objects. */
export async function otherNotes(server: Sql, kind: Kind, author: Author | undefined): Promise<Others> {
  const all = author ? await notesOf(server, kind) : [];
  // Its own is removed by now: it alone tells a delete which resource it is of.
  const own = [...(author?.removed ?? []), ...all].find(({ token }) => token === author?.token);
  if (!own || own.urn === "") return { notes: [], areAbandoned: false };
  const isOther = (note: Note) =>
    note.token !== own.token && note.stack === own.stack && note.backend === own.backend && note.urn === own.urn;
  const isDeclared = [...(author?.declared ?? [])].some((urn) => typeof urn === "string" && isSame(own.urn, urn));
  return { notes: all.filter(isOther), areAbandoned: !isDeclared };
}

export interface Others {
  readonly notes: readonly Note[];
  /** The resource itself goes: nothing of it is in use any more. Otherwise the notes are those of a replacement. */
  readonly areAbandoned: boolean;
}

/** Removes just this note, whoever wrote it, when what it is about is gone. */
export const forgetNote = (server: Sql, kind: Kind, note: Note): Promise<void> =>
  forget(server, kind, note.name, { ...note, notes: new Set<NoteName>([`${kind} ${note.name}`]) });

/**
 * Writes again those of a resource's notes that are gone; `before` is that of what it took over. Where another stack has made
 * a key or certificate anew meanwhile, that one is noted as its: any number of stacks use it, and the resource goes on.
 */
export async function claimAgain(server: Sql, author: Author, before: Before | undefined): Promise<void> {
  for (const [kind, name] of [...author.notes].map(partsOf)) {
    try {
      await claim(server, kind, name, `keep ${label(kind, name)}`, author, { before });
    } catch (error) {
      if (!isShared(kind) || !isFailure(error, "NotedByAnother")) throw error;
      author.notes.delete(`${kind} ${name}`);
    }
  }
}

const isShared = (kind: Kind): boolean => kind === "master-key" || kind === "certificate";

/**
 * Removes all notes of a resource, before its objects: if the run is killed then, and the state still has the resource, the
 * next run sees by that that they may be gone. The author keeps what they said. Returns what writes them again as they were.
 */
export async function forgetAll(server: Sql, author: Author): Promise<() => Promise<void>> {
  const notes = await server.query<{ readonly name: string; readonly value: string }>(
    "read the notes of this resource",
    sql`SELECT name, CONVERT(nvarchar(4000), value) AS value FROM sys.extended_properties
    WHERE class = 0 AND name LIKE ${sql.string(`${prefix}/%`)}
      AND CHARINDEX(${sql.string(`"token":"${author.token}"`)}, CONVERT(nvarchar(4000), value)) > 0`,
  );
  const isThere = (name: string) =>
    sql`EXISTS (SELECT 1 FROM sys.extended_properties WHERE class = 0 AND name = ${sql.string(name)})`;
  const change = (doing: string, statement: Statement) => server.change(doing, statement, async () => false);
  for (const { name } of notes)
    await change(
      "remove a note",
      sql`IF ${isThere(name)} EXEC sys.sp_dropextendedproperty @name = ${sql.string(name)}`,
    );
  author.notes.clear();
  author.removed?.push(...notes.flatMap(({ value }) => parsed(value) ?? []));
  return async () => {
    for (const { name, value } of notes)
      await change(
        "write a note again",
        sql`IF NOT ${isThere(name)} EXEC sys.sp_addextendedproperty @name = ${sql.string(name)}, @value = ${sql.string(value)}`,
      );
  };
}

const partsOf = (note: NoteName): readonly [Kind, string] => {
  const [kind, ...name] = note.split(" ");
  return [kind as Kind, name.join(" ")];
};

/** All notes, by their tokens. */
export async function notesByToken(server: Sql): Promise<ReadonlyMap<string, readonly Note[]>> {
  const rows = await server.query<{ readonly value: string | null }>(
    "read the notes of stacks",
    sql`SELECT CONVERT(nvarchar(4000), value) AS value FROM sys.extended_properties
    WHERE class = 0 AND name LIKE ${sql.string(`${prefix}/%`)}`,
  );
  return Map.groupBy(
    rows.flatMap(({ value }) => parsed(value) ?? []),
    ({ token }) => token,
  );
}

/** Has a resource's notes follow it to its new name, or its stack's: by that a later run knows them where it has no token. */
export async function signAgain(server: Sql, notes: readonly Note[], author: Author): Promise<void> {
  const kindOf = (name: string) => [...author.notes].map(partsOf).find(([, noted]) => noted === name)?.[0];
  for (const note of notes.filter((each) => !isOfResource(each, author))) {
    const kind = kindOf(note.name);
    if (kind) await renew(server, kind, note.name, author, note);
  }
}

const removal = (kind: Kind, name: string) =>
  sql`EXEC sys.sp_dropextendedproperty @name = ${sql.string(propertyName(kind, name))}`;

/** Who noted it, for sentences. Anybody who administers the server can write a note: it brings no line of its own. */
export const authorOf = ({ stack, backend, urn }: Note): string =>
  `the resource ${urn.split("::").slice(3).join("::") || "of an unknown name"} of the stack ${stack || "of an unknown name"} (state in ${backend})`.replace(
    /[\p{Cc}\p{Zl}\p{Zp}]+/gu,
    " ",
  );

const nouns: Readonly<Record<Kind, (name: string) => string>> = {
  "master-key": () => "the database master key",
  certificate: (name) => `the certificate ${name}`,
  endpoint: () => "the mirroring endpoint",
  group: (name) => `the availability group ${name}`,
  "trust-certificate": (id) => `the certificate ${id}`,
  link: (name) => `the link ${name}`,
  probe: (name) => `the test of the network ${name}`,
};

/** What is noted, for sentences. */
export const label = (kind: Kind, name: string): string => nouns[kind](name);

/** The refusal of what another stack, or another resource, has noted as its own. */
export function claimed(
  server: Sql,
  doing: string,
  kind: Kind,
  note: Note,
  advice: (removal: string) => Advice = forPrograms,
): VisibleError {
  return new VisibleError(
    {
      doing: `${doing} on ${server.instance.name} (${server.address})`,
      said: [
        `${label(kind, note.name)} is noted there as ${note.before === undefined ? "made" : "taken over"} by ${authorOf(note)}`,
      ],
      ...advice(removal(kind, note.name).text),
    },
    ["NotedByAnother"],
  );
}

const forPrograms = (statement: string): Advice => ({
  cause:
    "two resources mean one object, a resource or component was renamed without aliases, or that stack is at work on it at this moment. One stack never takes what another made.",
  remedy: [
    'if it was renamed: the option aliases: [{ name: "<old name>" }] on the resource, or on the component that it is part of.',
    "If both are wanted: give another name here, or let the other stack have it alone and share its outputs.",
    `If that stack is gone for good, without a pulumi destroy: remove its note, then run pulumi up with adopt: true: ${statement}`,
  ].join(nextLine),
});
