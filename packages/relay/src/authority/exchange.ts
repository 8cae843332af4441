/**
 * One exchange of votes (docs/spec/06-directory.md, 11.3): which votes count for one document.
 * A vote is taken the later the more authorities have signed it, so that at the end all honest
 * ones have accepted the same votes, whatever a minority shows to whom and when
 * (Dolev and Strong, 1983).
 */
import { equalBytes, hex, type Millis } from '@tacet/base';
import { type SignedVote, smallestThreshold } from '@tacet/directory';

export interface Slot {
  /** Of the document it is for. */
  readonly epoch: number;
  /** 0 on schedule, else the number of the attempt. */
  readonly attempt: number;
  /** Votes are due. */
  readonly due: Millis;
  /** Signatures are due: no vote counts that comes later. */
  readonly end: Millis;
  /** What the document will say. */
  readonly publishedAt: Millis;
}

export type Offer = 'accepted' | 'known' | 'surplus' | 'early' | 'late';

export class Exchange {
  readonly slot: Slot;
  closed = false;
  private readonly rounds: number;
  private readonly accepted = new Map<string, SignedVote[]>();

  constructor(slot: Slot, authorities: number) {
    this.slot = slot;
    this.rounds = authorities - smallestThreshold(authorities) + 1;
  }

  /** Within which a message must get from one honest authority to another. */
  get roundMs(): Millis {
    return Math.floor((this.slot.end - this.slot.due) / this.rounds);
  }

  offer(signed: SignedVote, now: Millis): Offer {
    const { due, end } = this.slot;
    if (now < due - this.roundMs) return 'early';
    const round = signed.signatures.length;
    if (now > (round < this.rounds ? due + round * this.roundMs : end)) return 'late';
    const voter = hex(signed.vote.authority);
    const others = this.accepted.get(voter) ?? [];
    if (others.some((other) => equalBytes(other.hash, signed.hash))) return 'known';
    if (others.length > 1) return 'surplus';
    this.accepted.set(voter, [...others, signed]);
    return 'accepted';
  }

  /** Votes that count: of voters who cast just one. */
  counted(): SignedVote[] {
    return [...this.accepted.values()].flatMap((votes) => (votes.length === 1 ? votes : []));
  }

  /** The other vote of the same voter, if there is one. */
  twin(signed: SignedVote): SignedVote | null {
    const votes = this.accepted.get(hex(signed.vote.authority)) ?? [];
    return votes.find((vote) => !equalBytes(vote.hash, signed.hash)) ?? null;
  }
}
