/** Reads a file of the tree under inspection by its path from the root. */
export type Read = (file: string) => string;
