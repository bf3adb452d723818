import { randomUUID } from "node:crypto";
import type { Seeding } from "../network";

/** Starts the first copy of a whole database. Its progress follows from the time that has passed. */
export function startSeeding(
  databaseSizeBytes: number,
  bytesPerSecond: number,
  start: Date,
  previous?: Seeding,
): Seeding {
  const attempts = (previous?.attempts ?? 0) + 1;
  return { operationId: randomUUID(), start, databaseSizeBytes, transferredBytes: 0, bytesPerSecond, attempts };
}

export function seedingAt(seeding: Seeding, now: Date): Seeding {
  const passed = Math.max(0, now.getTime() - seeding.start.getTime());
  const transferredBytes = Math.min(seeding.databaseSizeBytes, Math.floor((passed / 1000) * seeding.bytesPerSecond));
  const end = seedingEnd(seeding);
  return { ...seeding, transferredBytes, completed: now >= end ? end : undefined };
}

export function seedingEnd({ start, databaseSizeBytes, bytesPerSecond }: Seeding): Date {
  return new Date(start.getTime() + Math.ceil((databaseSizeBytes / bytesPerSecond) * 1000));
}

/** The progress as the link resource shows it: "30%". */
export function seedingProgress({ transferredBytes, databaseSizeBytes }: Seeding): string {
  return `${databaseSizeBytes === 0 ? 100 : Math.floor((100 * transferredBytes) / databaseSizeBytes)}%`;
}
