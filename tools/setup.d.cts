export const REPOSITORY: string;
export function ensureNode(): string;
export function executableOf(folder: string, platform?: NodeJS.Platform): string;
export function isMusl(platform?: NodeJS.Platform, report?: () => { header: { glibcVersionRuntime?: string } }): boolean;
export function ownNode(version?: string): string;
