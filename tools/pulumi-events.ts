import { readFile } from "node:fs/promises";

/** What the engine did, or would do, to one resource. */
export interface Step {
  /** create, update, delete, same, replace, create-replacement, delete-replaced, read, refresh ... */
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** The inputs that differ, where the engine says so. */
  readonly diffs: readonly string[];
  /** The inputs before and after it; of what is made or goes, on one side only. */
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  readonly failed: boolean;
}

export interface Diagnostic {
  readonly severity: "info" | "info#err" | "warning" | "error";
  readonly message: string;
  /** The resource it belongs to; a message about the whole stack has none. */
  readonly urn?: string;
  /** A status line, which a terminal shows beside the resource until the next one comes. */
  readonly ephemeral: boolean;
}

export interface EventLog {
  readonly steps: readonly Step[];
  readonly diagnostics: readonly Diagnostic[];
}

interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly diffs?: readonly string[] | null;
  readonly old?: { readonly inputs?: Step["before"] } | null;
  readonly new?: { readonly inputs?: Step["after"] } | null;
}

interface EngineEvent {
  readonly resourcePreEvent?: { readonly metadata: StepMetadata };
  readonly resOutputsEvent?: { readonly metadata: StepMetadata };
  readonly resOpFailedEvent?: { readonly metadata: StepMetadata };
  readonly diagnosticEvent?: {
    readonly severity: Diagnostic["severity"] | "debug";
    readonly message: string;
    readonly urn?: string;
    readonly ephemeral?: boolean;
  };
}

const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);

const toStep = ({ op, urn, type, diffs, old, new: its }: StepMetadata): Step => ({
  op,
  urn,
  type,
  name: nameOf(urn),
  diffs: diffs ?? [],
  ...(old?.inputs && { before: old.inputs }),
  ...(its?.inputs && { after: its.inputs }),
  failed: false,
});

/** A refresh announces every resource as "refresh" and says what became of it when it has read it. */
function isOutcomeOf(step: Step, outcome: StepMetadata): boolean {
  return step.urn === outcome.urn && (step.op === outcome.op || step.op === "refresh");
}

/** Providers come and go with the resources they serve: nobody declared them. */
const isDeclared = ({ type }: Step): boolean => !type.startsWith("pulumi:providers:");

export function readEvents(events: readonly EngineEvent[]): EventLog {
  const steps: Step[] = [];
  const diagnostics: Diagnostic[] = [];
  const settle = (outcome: StepMetadata, failed: boolean) => {
    const at = steps.findIndex((step) => isOutcomeOf(step, outcome));
    if (at === -1) steps.push({ ...toStep(outcome), failed });
    else steps[at] = { ...toStep(outcome), failed };
  };
  for (const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent } of events) {
    if (resourcePreEvent) steps.push(toStep(resourcePreEvent.metadata));
    if (resOutputsEvent) settle(resOutputsEvent.metadata, false);
    if (resOpFailedEvent) settle(resOpFailedEvent.metadata, true);
    if (diagnosticEvent && diagnosticEvent.severity !== "debug") {
      const { severity, message, urn, ephemeral } = diagnosticEvent;
      diagnostics.push({ severity, message, urn: urn || undefined, ephemeral: ephemeral ?? false });
    }
  }
  return { steps: steps.filter(isDeclared), diagnostics };
}

/** The engine writes one event a line; a run that was refused before it began has written no file. */
export async function readEventLog(file: string): Promise<EventLog> {
  const text = await readFile(file, "utf8").catch(() => "");
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return readEvents(lines.map((line): EngineEvent => JSON.parse(line)));
}
