/**
 * Which number an edge's next digest has (docs/spec/05-boxes.md, 7): that of the moment, unless
 * the clock was set back and it, or a neighbour of it in another part of the chain, is signed
 * already. No number is signed twice: that would be evidence against an honest edge.
 */

export class DigestNumbers {
  private readonly signed = new Set<number>();
  private last = -1;

  /**
   * Notes the number as signed.
   * @param wanted number of the moment
   * @param oldest numbers below are remembered no longer
   * @param newest numbers above would be refused by other edges
   * @returns null when there is none to be had now
   */
  next(wanted: number, oldest: number, newest: number): number | null {
    for (const number of this.signed) if (number < oldest) this.signed.delete(number);
    let number = wanted;
    while (!this.isFree(number)) number += 1;
    if (number > newest) return null;
    this.signed.add(number);
    this.last = number;
    return number;
  }

  private isFree(number: number): boolean {
    const { signed, last } = this;
    const before = number - 1;
    return (
      !signed.has(number) && !signed.has(number + 1) && (before === last || !signed.has(before))
    );
  }
}
