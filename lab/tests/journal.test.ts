import assert from "node:assert/strict";
import { createJournal, type JournalEntry } from "#lab/journal";

const at = new Date(0);
const request = (path: string): JournalEntry => ({ at, kind: "request", method: "GET", path, status: 200 });

describe("the lab's journal", () => {
  it("keeps the latest entries, and says how many came before them", () => {
    const followed: JournalEntry[] = [];
    const journal = createJournal((entry) => followed.push(entry));
    for (let number = 0; number < 250_000; number++) journal.record(request(`/${number}`));
    assert.equal(followed.length, 250_000);
    assert.equal(journal.forgotten + journal.entries.length, 250_000);
    assert.ok(journal.entries.length >= 90_000 && journal.entries.length <= 100_000);
    assert.deepEqual(journal.entries[0], request(`/${journal.forgotten}`));
    assert.deepEqual(journal.entries.at(-1), request("/249999"));
  });

  it("keeps fewer where they say much", () => {
    const journal = createJournal();
    for (let number = 0; number < 300; number++) journal.record(request("x".repeat(2 ** 20)));
    assert.ok(journal.entries.length >= 14 && journal.entries.length <= 16, `${journal.entries.length}`);
    assert.equal(journal.forgotten + journal.entries.length, 300);
  });
});
