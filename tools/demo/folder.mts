/** Where paths on the command line count from: npm runs scripts elsewhere. */
export const FOLDER = process.env.INIT_CWD ?? process.cwd();
