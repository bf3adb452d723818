import { join } from "node:path";
import { labFolder } from "../../tests/support/place";
import type { BatchAnswer, SqlAddress, SqlSession } from "../client";
import { converse } from "../conversation";

/** Sources of the programs in other languages. */
export const program = (file: string) => join(labFolder, "clients", "programs", file);

/** A session in a program of ours around the client: a line with a batch in base64, a line with what came of it. */
export async function sessionOf(
  command: string,
  args: readonly string[],
  { host, port, user, password, caFile }: SqlAddress,
  variables: Readonly<Record<string, string>> = {},
): Promise<SqlSession> {
  const address = {
    PYTHONDONTWRITEBYTECODE: "1",
    LAB_HOST: host,
    LAB_PORT: String(port),
    LAB_USER: user,
    LAB_PASSWORD: password,
    LAB_CA: caFile,
  };
  const { ask, close } = converse(command, args, { ...address, ...variables });
  return {
    async run(batch) {
      const answer = (await ask(Buffer.from(batch).toString("base64"))) as BatchAnswer;
      return { ...answer, messages: answer.messages.filter((text) => !isContextChange(text)) };
    },
    close,
  };
}

/** 5701 and 5703, which some clients keep to themselves. */
export function isContextChange(text: string): boolean {
  return /Changed (database context|language setting) to /.test(text);
}
