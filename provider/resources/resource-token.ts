/** The type by which the engine knows a resource, in programs and in states. */
export const typeOf = (kind: string): string => `pulumi-nodejs:dynamic/mi-link:${kind}`;
