/** The byte order in which a uniqueidentifier is stored: its first three groups are little-endian. */
const storage = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
/** The order in which its bytes compare: its last group comes first. */
const weight = [10, 11, 12, 13, 14, 15, 8, 9, 6, 7, 4, 5, 0, 1, 2, 3];

export function guidBytes(text: string): Buffer {
  const plain = Buffer.from(text.replace(/-/g, ""), "hex");
  return Buffer.from(storage.map((index) => plain[index] ?? 0));
}

export function guidText(bytes: Buffer): string {
  const hex = Buffer.from(storage.map((index) => bytes[index] ?? 0))
    .toString("hex")
    .toUpperCase();
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export function compareGuids(a: string, b: string): number {
  const [x, y] = [guidBytes(a), guidBytes(b)];
  for (const index of weight) {
    const difference = (x[index] ?? 0) - (y[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
