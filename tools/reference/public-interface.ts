import { readdirSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { authentications, originsOf, repositoryRoot, resources } from "./compiled-provider";
import { codesIn, type Declaration, type DocComment, declarationsIn, exportsOf, type Member } from "./doc-comments";

/** The text of a file below `provider/`. */
export type Sources = (file: string) => string;

/** What a change of an argument does: of a resource, or through a component to its part. */
export interface Effect {
  readonly resource: string;
  readonly argument: string;
  readonly does: "replace" | "update" | "nothing" | "onlyWhenMade";
  readonly isSecret: boolean;
}

export interface Argument extends Member {
  /** None: no resource has it, and its text says what becomes of it. */
  readonly effects: readonly Effect[];
  readonly tableDefault?: unknown;
}

export interface ErrorLine {
  readonly code: string;
  readonly text: string;
}

/** The comment of a class or type, by what it says. */
export interface ClassComment extends Pick<DocComment, "otherTags"> {
  readonly text: string;
  readonly source?: string;
  readonly errors: readonly ErrorLine[];
  readonly example?: string;
}

/** A resource or a component, as programs see it. */
export interface PublicClass {
  readonly name: string;
  readonly file: string;
  readonly isComponent: boolean;
  readonly comment: ClassComment;
  /** More than one group where there is more than one way to give them. */
  readonly argumentGroups: readonly {
    readonly name: string;
    readonly comment?: DocComment;
    readonly members: readonly Argument[];
  }[];
  readonly outputs: readonly Member[];
  readonly get?: Declaration["get"];
  /** Codes of errors that its own files name. */
  readonly codesInFiles: readonly string[];
}

export interface PublicInterface {
  readonly classes: readonly PublicClass[];
  /** What else programs can import, and what of it. */
  readonly types: readonly PublicType[];
}

export interface PublicType extends Omit<Declaration, "comment"> {
  readonly comment: ClassComment;
}

/** Read from the index of the package on: what programs can import is public, and nothing else. */
export function publicInterface(sources: Sources): PublicInterface {
  const found = new Map<string, Declaration>();
  const read = (file: string): Declaration[] => {
    const declarations = declarationsIn(file, sources(file));
    for (const declaration of declarations) found.set(declaration.name, declaration);
    return declarations;
  };
  // Arguments of components extend what is not exported itself.
  read("components/server-parts.ts");
  const exported = exportedFrom("index.ts", sources, read);
  const classes = exported.filter(({ bases }) => bases.includes("LinkResource") || bases.includes("ComponentResource"));
  const described = classes.map((declaration) => publicClass(declaration, found, sources));
  const isArgumentsOf = new Set(
    classes.flatMap(({ argumentsType = "" }) => [argumentsType, ...groupsOf(argumentsType, found)]),
  );
  const types = exported
    .filter((declaration) => !classes.includes(declaration) && !isArgumentsOf.has(declaration.name))
    .map((declaration) => ({ ...declaration, comment: classComment(declaration.comment) }));
  return { classes: described, types };
}

function exportedFrom(index: string, sources: Sources, read: (file: string) => Declaration[]): Declaration[] {
  return exportsOf(index, sources(index)).flatMap(({ from, names }) => {
    const file = `${posix.join(dirname(index), from)}.ts`;
    if (file.endsWith("index.ts")) return exportedFrom(file, sources, read);
    const declarations = read(file);
    return names === undefined ? declarations : declarations.filter(({ name }) => names.includes(name));
  });
}

/** The interfaces that a type is one of: itself, where it is no union. */
const groupsOf = (type: string, found: ReadonlyMap<string, Declaration>): readonly string[] => {
  const declaration = found.get(type);
  return declaration?.type === undefined ? [type] : declaration.bases;
};

function publicClass(declaration: Declaration, found: ReadonlyMap<string, Declaration>, sources: Sources): PublicClass {
  const { name, file, argumentsType = "" } = declaration;
  const isComponent = declaration.bases.includes("ComponentResource");
  const argumentGroups = groupsOf(argumentsType, found).map((group) => ({
    name: group,
    comment: found.get(group)?.comment,
    members: allMembers(group, found)
      .filter(({ type }) => type !== "undefined")
      .map((member) => ({
        ...withWords(member, found),
        effects: isComponent ? effectsThroughParts(name, member.name) : effectsOn(name, member.name),
        tableDefault: isComponent ? undefined : tableOf(name)[member.name]?.default,
      })),
  }));
  return {
    name,
    file,
    isComponent,
    comment: classComment(declaration.comment),
    argumentGroups,
    outputs: declaration.members.filter(({ isPublicProperty }) => isPublicProperty),
    get: declaration.get,
    codesInFiles: isComponent ? [] : codesInFolder(dirname(file), sources),
  };
}

function allMembers(name: string, found: ReadonlyMap<string, Declaration>): readonly Member[] {
  const declaration = found.get(name);
  if (!declaration) return [];
  const own = new Set(declaration.members.map((member) => member.name));
  const inherited = declaration.bases
    .flatMap((base) => allMembers(base, found))
    .filter((member) => !own.has(member.name));
  return [...inherited, ...declaration.members];
}

/** With the words of a type that says only where they are. */
function withWords(member: Member, found: ReadonlyMap<string, Declaration>): Member {
  const [, owner = "", name = ""] = /^(\w+)\["(\w+)"\]$/.exec(member.type) ?? [];
  const elsewhere = found.get(owner)?.members.find((other) => other.name === name);
  return { ...member, type: elsewhere?.type ?? member.type };
}

/** `Authentication` is a list in the code, as messages name all of it. */
export const spelledOut = (type: string): string =>
  type.replace(/\bAuthentication\b/, authentications.map((word) => JSON.stringify(word)).join(" | "));

const tableOf = (resource: string) => {
  const lifecycle = resources[resource as keyof typeof resources]?.lifecycle();
  return (lifecycle?.properties ?? {}) as Readonly<
    Record<string, import("../../provider/arguments/property").Property | undefined>
  >;
};

function effectsOn(resource: string, argument: string): Effect[] {
  const property = tableOf(resource)[argument];
  if (!property) return [];
  // A comparison that looks at neither value finds no change.
  const does =
    property.onChange === "nothing" ? "onlyWhenMade" : property.same?.length === 0 ? "nothing" : property.onChange;
  return [{ resource, argument, does, isSecret: property.secret ?? false }];
}

/** An argument, or a property of it (`pairing.sqlServer`), that decides arguments of parts. */
const effectsThroughParts = (component: string, argument: string): Effect[] =>
  Object.entries(originsOf(component)).flatMap(([part, origins]) =>
    Object.entries(origins).flatMap(([name, origin]) =>
      origin.argument?.split(".")[0] === argument ? effectsOn(part, name) : [],
    ),
  );

function classComment({ text = "", example, otherTags = [] }: Partial<DocComment> = {}): ClassComment {
  const [beforeErrors = "", errors = ""] = text.split(/^Errors:$/m);
  const [said = "", source] = beforeErrors.split(/^Source: /m);
  const lines = errors.trim().split(/^- /m).slice(1);
  return {
    text: said.trim(),
    source: source?.trim().replaceAll(/\s+/g, " "),
    errors: lines.map((line) => {
      const [, code = "", what = ""] = /^(\w+): ([\s\S]*)$/.exec(line.trim()) ?? [];
      return { code, text: what.replaceAll(/\s+/g, " ") };
    }),
    example,
    otherTags,
  };
}

const codesInFolder = (folder: string, sources: Sources): string[] =>
  readdirSync(join(repositoryRoot, "provider", folder))
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => codesIn(file, sources(posix.join(folder, file))));
