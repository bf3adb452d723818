import { X509Certificate } from "node:crypto";
import { sameName, sysnameProblem } from "../../arguments/names";
import { parseCertificate, thumbprintOf } from "../catalog/certificates";
import { existingObstacle, type Obstacle } from "../obstacle";
import { lookAt } from "../outcome";

/** A root as it is wanted. */
export interface Root {
  readonly name: string;
  readonly thumbprint: string;
  readonly der: Buffer;
}

export type Roots = Readonly<Record<string, string>>;

export function rootsOf(roots: Roots): Root[] {
  return Object.entries(roots).flatMap(([name, text]) => {
    const certificate = parseCertificate(text);
    return certificate ? [{ name, thumbprint: thumbprintOf(certificate), der: certificate.raw }] : [];
  });
}

/** All problems of all roots, in words that end the sentence "roots ...". */
export function rootsProblem(roots: Roots): string | undefined {
  const entries: [string, unknown][] = Object.entries(roots);
  if (entries.length === 0) return "must hold one root at least";
  const problems = entries.flatMap(([name, text]) => {
    const wrongName = sysnameProblem(name);
    if (wrongName) return [`the name ${JSON.stringify(name)} ${wrongName}`];
    if (typeof text !== "string" || !parseCertificate(text))
      return [`${name} must be a certificate: PEM, or DER as hexadecimal`];
    return [];
  });
  for (const [i, [name]] of entries.entries()) {
    if (entries.slice(0, i).some(([other]) => sameName(other, name))) problems.push(`the name ${name} is there twice`);
  }
  if (problems.length === 0) {
    const thumbprints = rootsOf(roots).map(({ thumbprint }) => thumbprint);
    if (new Set(thumbprints).size < thumbprints.length) problems.push("the same certificate is there twice");
  }
  return problems.length === 0 ? undefined : `has a problem: ${problems.join("; ")}`;
}

/** All roots as PEM, in the order of their names, however they were given. */
export function canonicalRoots(roots: Roots): Roots {
  const sorted = rootsOf(roots).sort((a, b) => (a.name < b.name ? -1 : 1));
  return Object.fromEntries(sorted.map(({ name, der }) => [name, new X509Certificate(der).toString()]));
}

export const thumbprintsOf = (roots: readonly Root[]): Record<string, string> =>
  Object.fromEntries(roots.map(({ name, thumbprint }) => [name, thumbprint]));

export const publicPattern = "*.database.windows.net";

/** The pattern that covers `mi1.<dnsZone>.<suffix>`; the suffix tells the cloud. */
export const patternFor = (fqdn: string): string => `*.${fqdn.split(".").slice(2).join(".")}`.toLowerCase();

/** Any number of labels may stand for the asterisk. */
export const covers = (pattern: string, fqdn: string): boolean =>
  fqdn.toLowerCase().endsWith(pattern.slice(1).toLowerCase());

export function dnsPatternProblem(pattern: string): string | undefined {
  if (/^\*(\.[a-z0-9-]{1,63}){2,}$/i.test(pattern) && pattern.length <= 253) return undefined;
  return `must look like ${publicPattern}; it is ${JSON.stringify(pattern)}`;
}

/** A certificate that the server has. */
export interface Present {
  readonly name: string;
  readonly thumbprint: string;
}

/** Compares thumbprints, never names: the same root may have any name. */
export const holds = (present: readonly Present[], thumbprint: string | undefined): boolean =>
  present.some((p) => p.thumbprint === thumbprint);

/** Names of roots that other certificates have. */
export const rootObstacles = (roots: readonly Root[], present: readonly Present[]): Obstacle[] =>
  roots.flatMap((root) => {
    const other = present.find(({ name }) => sameName(name, root.name));
    if (!other || other.thumbprint === root.thumbprint || holds(present, root.thumbprint)) return [];
    const problem = `the name ${root.name} belongs to another certificate, thumbprint ${other.thumbprint}; the root's is ${root.thumbprint}`;
    const what = { look: lookAt.certificate(other.name), instead: "give the root another name (roots)" };
    return [existingObstacle(problem, what, 15232)];
  });
