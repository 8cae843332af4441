/** Boxes to erase by when they are due: only these are in memory (boxes/tombstones.ts). */
export const TOMBSTONES_BY_TIME = `
CREATE INDEX tombstones_by_time ON tombstones (not_before);
`;
