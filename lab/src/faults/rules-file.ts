import type { FaultRule } from "./faults";

/** The members of each kind of rule; any other is a mistake that would otherwise go unnoticed. */
const members: Readonly<Record<FaultRule["on"], ReadonlySet<string>>> = {
  statement: new Set(["on", "nth", "times", "instance", "matching", "delayMilliseconds", "error", "drop"]),
  login: new Set(["on", "nth", "times", "instance", "matching", "error"]),
  request: new Set([
    "on",
    "nth",
    "times",
    "method",
    "matching",
    "delayMilliseconds",
    "answer",
    "failOperation",
    "drop",
  ]),
};

/** Reads a JSON array of rules. Throws a SyntaxError or TypeError that says which rule is wrong. */
export function parseFaultRules(text: string): readonly FaultRule[] {
  const rules: unknown = JSON.parse(text);
  if (!Array.isArray(rules)) throw new TypeError("the file must hold a JSON array of rules");
  return faultRules(rules);
}

export function faultRules(rules: readonly unknown[]): readonly FaultRule[] {
  return rules.map((rule: unknown, index) => {
    if (!isRule(rule))
      throw new TypeError(`rule ${index + 1} must be an object whose "on" is "statement", "login" or "request"`);
    const unknown = Object.keys(rule).filter((member) => !members[rule.on].has(member));
    if (unknown.length > 0) throw new TypeError(`rule ${index + 1} has no member ${unknown.join(", ")}`);
    return rule;
  });
}

function isRule(value: unknown): value is FaultRule {
  return (
    typeof value === "object" &&
    value !== null &&
    "on" in value &&
    typeof value.on === "string" &&
    Object.hasOwn(members, value.on)
  );
}
