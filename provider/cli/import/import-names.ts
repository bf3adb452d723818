/** Files that are written into the folder of `--out`. */
export const importFiles = { state: "mi-link-import.json", program: "index.ts" } as const;
