/**
 * For tests that judge by a probability what no seed governs: times, memory of processes. One that fails at p fails
 * by chance as often; one that looks anew and wants the same sign again, as often as its square.
 */

/**
 * @param look looks at something made anew, and names the signs it found
 * @returns those it found both times it looked; it looks again only when there are some.
 */
export async function foundTwice(look: () => Promise<readonly string[]>): Promise<string[]> {
  const first = new Set(await look());
  return first.size === 0 ? [] : (await look()).filter((sign) => first.has(sign));
}
