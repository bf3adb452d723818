/**
 * A certificate's bytes do not change, so what follows from them, alone or together with one other thing, does not
 * either: it is worked out once. Parsing and verifying take a hundred times as long as all the rest of a look at a link.
 */
export function remembered<T, Other = void>(work: (der: Buffer, other: Other) => T): (der: Buffer, other: Other) => T {
  const known = new WeakMap<Buffer, Map<Other, T>>();
  return (der, other) => {
    const answers = known.get(der) ?? new Map<Other, T>();
    known.set(der, answers);
    const answer = answers.get(other);
    if (answer !== undefined) return answer;
    const found = work(der, other);
    answers.set(other, found);
    return found;
  };
}
