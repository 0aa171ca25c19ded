export function npmCommand(args: string[], env?: { npm_execpath?: string }): [command: string, args: string[]];
