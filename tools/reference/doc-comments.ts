import ts from "typescript";

/** What a comment says, in parts. */
export interface DocComment {
  readonly text: string;
  /** `@default`. */
  readonly default?: string;
  /** `@example`: a program. */
  readonly example?: string;
  /** Tags that are none of these: mostly an @ that wants backticks. */
  readonly otherTags: readonly string[];
}

export interface Member {
  readonly name: string;
  /** As written, without `Input` and `Output`. */
  readonly type: string;
  readonly isOptional: boolean;
  /** An `Output`, or a resource that a component has. */
  readonly isPublicProperty: boolean;
  readonly comment?: DocComment;
}

/** A class, interface or type that is declared in a file. */
export interface Declaration {
  readonly name: string;
  readonly file: string;
  readonly comment?: DocComment;
  readonly members: readonly Member[];
  /** Of an interface or class: what it extends. Of a union: what it is one of. */
  readonly bases: readonly string[];
  /** Of a class: the type of the second parameter of its constructor. */
  readonly argumentsType?: string;
  /** Of a class: its static method `get`, and which arguments that takes. */
  readonly get?: { readonly comment?: DocComment; readonly argumentNames: readonly string[] };
  /** Of a type that has no members: what it is. */
  readonly type?: string;
}

/** The declarations in the text of a file. Syntax alone: nothing has to be resolved. */
export function declarationsIn(file: string, text: string): Declaration[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return source.statements.flatMap((statement) => {
    if (ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement)) return [fromMembers(file, statement)];
    if (ts.isTypeAliasDeclaration(statement)) return [fromType(file, statement)];
    return [];
  });
}

/** What an index passes on, by file: some names, or all where there are none. */
export function exportsOf(file: string, text: string): { readonly from: string; readonly names?: readonly string[] }[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return source.statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || !statement.moduleSpecifier) return [];
    const { exportClause, moduleSpecifier } = statement;
    const from = ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : "";
    if (exportClause === undefined || !ts.isNamedExports(exportClause)) return [{ from }];
    return [{ from, names: exportClause.elements.map(({ name }) => name.text) }];
  });
}

/** Words and numbers in a file that may be codes of an error: in a list, or after `code:`. */
export function codesIn(file: string, text: string): string[] {
  const codes: string[] = [];
  const visit = (node: ts.Node): void => {
    const isPlace =
      ts.isArrayLiteralExpression(node.parent) ||
      (ts.isPropertyAssignment(node.parent) && node.parent.name.getText() === "code");
    if (isPlace && (ts.isStringLiteral(node) || ts.isNumericLiteral(node))) codes.push(node.text);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true), visit);
  return codes;
}

function fromMembers(file: string, node: ts.InterfaceDeclaration | ts.ClassDeclaration): Declaration {
  const members: readonly ts.Node[] = node.members;
  const properties = members.filter(
    (member) => (ts.isPropertySignature(member) || ts.isPropertyDeclaration(member)) && !isStatic(member),
  ) as (ts.PropertySignature | ts.PropertyDeclaration)[];
  const maker = members.find(ts.isConstructorDeclaration);
  const get = members.filter(ts.isMethodDeclaration).find((method) => method.name.getText() === "get");
  return {
    name: node.name?.text ?? "",
    file,
    comment: commentOf(node),
    members: properties.map((property) => ({
      name: ts.isStringLiteral(property.name) ? property.name.text : property.name.getText(),
      type: plain(property.type?.getText() ?? ""),
      isOptional: property.questionToken !== undefined,
      isPublicProperty: !ts.canHaveModifiers(property) || !property.modifiers?.some(isHiding),
      comment: commentOf(property),
    })),
    bases: (node.heritageClauses ?? []).flatMap(({ types }) => types.map(({ expression }) => expression.getText())),
    argumentsType: maker?.parameters[1]?.type?.getText(),
    get: get && {
      comment: commentOf(get),
      argumentNames: [...(get.parameters[2]?.type?.getText().matchAll(/"(\w+)"/g) ?? [])].map(([, name = ""]) => name),
    },
  };
}

function fromType(file: string, node: ts.TypeAliasDeclaration): Declaration {
  const parts = ts.isUnionTypeNode(node.type) ? node.type.types : [];
  return {
    name: node.name.text,
    file,
    comment: commentOf(node),
    members: [],
    bases: parts.filter(ts.isTypeReferenceNode).map((part) => part.getText()),
    type: plain(node.type.getText()),
  };
}

const isStatic = (member: ts.Node): boolean =>
  ts.canHaveModifiers(member) && (member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) ?? false);

const isHiding = ({ kind }: ts.ModifierLike): boolean =>
  kind === ts.SyntaxKind.PrivateKeyword || kind === ts.SyntaxKind.ProtectedKeyword;

/** Whether a value may come later is the same for all of them. */
function plain(type: string): string {
  const without = type.replaceAll(/\b(?:Input|Output)<((?:[^<>]|<[^<>]*>)*)>/g, "$1").replaceAll(/\s+/g, " ");
  return without === type ? without : plain(without);
}

function commentOf(node: ts.Node): DocComment | undefined {
  const comment = ts.getJSDocCommentsAndTags(node).findLast(ts.isJSDoc);
  if (!comment) return undefined;
  const tags = Map.groupBy(comment.tags ?? [], ({ tagName }) => tagName.text);
  const textOf = (tag: string) => ts.getTextOfJSDocComment(tags.get(tag)?.[0]?.comment)?.trim();
  return {
    text: (ts.getTextOfJSDocComment(comment.comment) ?? "").trim(),
    default: textOf("default"),
    example: textOf("example"),
    otherTags: [...tags.keys()].filter((tag) => tag !== "default" && tag !== "example"),
  };
}
