import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/**
 * Ends every process in whose environment a text stands, at once and without a word: a run's engine, language host, program
 * and providers, whatever process groups they are in. Returns how many there were. Needs Linux.
 */
export function killAll(marker: string): number {
  const found = processesWith(marker);
  for (const pid of found) kill(pid);
  // What one of them began meanwhile.
  for (const pid of processesWith(marker)) kill(pid);
  return found.length;
}

/** Waits until they are gone, as a kill takes a moment. Returns those that are left. */
export async function leftAfterKill(marker: string): Promise<number[]> {
  const until = Date.now() + 5000;
  for (;;) {
    const left = processesWith(marker);
    if (left.length === 0 || Date.now() > until) return left;
    await delay(20);
  }
}

function processesWith(marker: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && environmentOf(pid).includes(marker));
}

/** Of a process that has ended, or is somebody else's, there is none. */
function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    return "";
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
