import { notSpoken } from "../not-spoken";
import type { AlterLogin, ChangeMembership, CreateLogin, CreateUser, Grant } from "../syntax/principals";
import { type Cursor, identifier, list, stringLiteral } from "./cursor";

/** https://learn.microsoft.com/sql/t-sql/statements/create-login-transact-sql */
export function createLogin(cursor: Cursor): CreateLogin {
  const name = identifier(cursor);
  if (cursor.accept("FROM")) {
    if (cursor.accept("EXTERNAL", "PROVIDER")) return { kind: "createLogin", name, isExternal: true };
    cursor.expect("CERTIFICATE");
    return { kind: "createLogin", name, certificate: identifier(cursor) };
  }
  cursor.expect("WITH", "PASSWORD", "=");
  const password = stringLiteral(cursor);
  const mustChange = cursor.accept("MUST_CHANGE");
  let isPolicyOff = false;
  let defaultDatabase: string | undefined;
  while (cursor.accept(",")) {
    const option = cursor.choose("CHECK_POLICY", "CHECK_EXPIRATION", "DEFAULT_DATABASE", "DEFAULT_LANGUAGE", "SID");
    cursor.expect("=");
    if (option.startsWith("CHECK_")) {
      const isOff = cursor.choose("ON", "OFF") === "OFF";
      if (option === "CHECK_POLICY") isPolicyOff = isOff;
    } else if (option === "SID") cursor.peek().kind === "binary" ? cursor.next() : cursor.fail();
    else if (option === "DEFAULT_DATABASE") defaultDatabase = identifier(cursor);
    else identifier(cursor);
  }
  return {
    kind: "createLogin",
    name,
    password,
    ...(mustChange && { mustChange }),
    ...(isPolicyOff && { isPolicyOff }),
    ...(defaultDatabase !== undefined && { defaultDatabase }),
  };
}

/** https://learn.microsoft.com/sql/t-sql/statements/alter-login-transact-sql */
export function alterLogin(cursor: Cursor): AlterLogin {
  const name = identifier(cursor);
  if (cursor.accept("ENABLE")) return { kind: "alterLogin", name, enable: true };
  if (cursor.accept("DISABLE")) return { kind: "alterLogin", name, enable: false };
  cursor.expect("WITH");
  const changed: Record<string, string> = {};
  list(cursor, () => {
    const option = cursor.choose(
      "PASSWORD",
      "NAME",
      "DEFAULT_DATABASE",
      "DEFAULT_LANGUAGE",
      "CHECK_POLICY",
      "CHECK_EXPIRATION",
    );
    cursor.expect("=");
    if (option.startsWith("CHECK_")) cursor.choose("ON", "OFF");
    else if (option !== "PASSWORD") changed[option] = identifier(cursor);
    else {
      changed.PASSWORD = stringLiteral(cursor);
      if (cursor.accept("OLD_PASSWORD", "=")) changed.OLD_PASSWORD = stringLiteral(cursor);
      while (cursor.accept("MUST_CHANGE") || cursor.accept("UNLOCK"));
    }
  });
  const { PASSWORD, OLD_PASSWORD, NAME, DEFAULT_DATABASE } = changed;
  return {
    kind: "alterLogin",
    name,
    password: PASSWORD,
    oldPassword: OLD_PASSWORD,
    newName: NAME,
    defaultDatabase: DEFAULT_DATABASE,
  };
}

/** https://learn.microsoft.com/sql/t-sql/statements/create-user-transact-sql */
export function createUser(cursor: Cursor): CreateUser {
  const name = identifier(cursor);
  const isOfLogin = cursor.accept("FOR") || cursor.accept("FROM");
  const certificate = isOfLogin && cursor.accept("CERTIFICATE") ? identifier(cursor) : undefined;
  if (isOfLogin && certificate === undefined) cursor.expect("LOGIN");
  const login = isOfLogin && certificate === undefined ? identifier(cursor) : undefined;
  if (cursor.at("WITHOUT")) cursor.raise(notSpoken("CREATE USER ... WITHOUT LOGIN"));
  if (cursor.accept("WITH")) {
    cursor.expect("DEFAULT_SCHEMA", "=");
    identifier(cursor);
  }
  return { kind: "createUser", name, login, certificate };
}

export function alterMembership(cursor: Cursor): ChangeMembership {
  const name = principal(cursor);
  const action = cursor.choose("ADD", "DROP") === "ADD" ? "add" : "drop";
  cursor.expect("MEMBER");
  return { kind: "alterServerRole", name, action, member: identifier(cursor) };
}

/** Parses GRANT permission [, ...] [ON [class::]name] TO principal [, ...]; a permission is one or more words. */
export function permission(cursor: Cursor): Grant {
  const kind = cursor.choose("GRANT", "REVOKE", "DENY").toLowerCase() as Grant["kind"];
  if (kind === "revoke") cursor.accept("GRANT", "OPTION", "FOR");
  const permissions = list(cursor, () => permissionName(cursor));
  const on = cursor.accept("ON") ? securable(cursor) : undefined;
  if (kind !== "revoke" || !cursor.accept("FROM")) cursor.expect("TO");
  const principals = list(cursor, () => principal(cursor));
  if (kind === "grant" && cursor.accept("WITH")) cursor.expect("GRANT", "OPTION");
  if (kind !== "grant") cursor.accept("CASCADE");
  if (cursor.accept("AS")) identifier(cursor);
  return { kind, permissions, on, principals };
}

/** public is a reserved word, and a role. */
const principal = (cursor: Cursor): string => (cursor.accept("PUBLIC") ? "public" : identifier(cursor));

/**
 * The words that a permission may begin with.
 * https://learn.microsoft.com/sql/relational-databases/security/permissions-database-engine
 */
const permissionVerbs: ReadonlySet<string> = new Set(
  `ADMINISTER ALL ALTER AUTHENTICATE BACKUP CHECKPOINT CONNECT CONTROL CREATE DELETE EXEC EXECUTE EXTERNAL IMPERSONATE INSERT
  KILL RECEIVE REFERENCES SELECT SEND SHOWPLAN SHUTDOWN SUBSCRIBE TAKE UNMASK UNSAFE UPDATE VIEW`.split(/\s+/),
);

function permissionName(cursor: Cursor): string {
  if (!permissionVerbs.has(cursor.peek().keyword)) cursor.fail();
  const words: string[] = [];
  while (cursor.peek().kind === "word" && !["ON", "TO", "FROM"].some((word) => cursor.at(word)))
    words.push(cursor.next().keyword);
  if (cursor.at("(")) cursor.raise(notSpoken("A permission on columns"));
  return words.join(" ");
}

function securable(cursor: Cursor): Grant["on"] {
  const words: string[] = [];
  for (let ahead = 0; cursor.peek(ahead).kind === "word"; ahead++) {
    if (cursor.peek(ahead + 1).keyword !== "::") continue;
    while (!cursor.at("::")) words.push(cursor.next().keyword);
    break;
  }
  if (words.length > 0) cursor.expect("::");
  const first = identifier(cursor);
  const name = cursor.accept(".") ? { schema: first, name: identifier(cursor) } : { name: first };
  return { securableClass: words.join(" ") || "OBJECT", ...name };
}
