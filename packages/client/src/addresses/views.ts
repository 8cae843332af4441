/** What the client shows of addresses and requests: plain values, no key and no secret but links. */
import type { Millis } from '@tacet/base';

export interface AddressView {
  readonly id: string;
  readonly label: string;
  /** The name of the identity it is of. */
  readonly identity: string;
  /** `replaced`: a newer one is given out; requests to this one still come until `endsAt`. */
  readonly state: 'live' | 'replaced' | 'ended';
  readonly createdAt: Millis;
  readonly endsAt: Millis | null;
  /** Eight words over the whole card, to compare by another way. */
  readonly words: string;
  /** Null once it has ended. */
  readonly link: string | null;
  /** The same with the network card, for somebody who is on no network. */
  readonly fullLink: string | null;
  /** Requests that wait for a decision. */
  readonly waiting: number;
  /** What came in the newest day on which anything came. */
  readonly day: {
    readonly at: Millis;
    /** Of 256. */
    readonly boxes: number;
    /** Boxes that hold no request. */
    readonly unreadable: number;
    /** Requests for which there was no room; they come again. */
    readonly turnedAway: number;
  };
}

/** Nothing here is proven before the request is accepted: the name is what the sender wrote. */
export interface RequestView {
  readonly id: string;
  readonly addressId: string;
  readonly name: string;
  readonly text: string;
  /** Eight words of the key set the sender says is theirs. */
  readonly claims: string;
  readonly cameAt: Millis;
  readonly endsAt: Millis;
}

/** What an address's card says, before anything is sent there. */
export interface AddressCardView {
  readonly name: string;
  /** Eight words over the whole card: equal words, equal card. */
  readonly words: string;
  /** Eight words of the owner's key set. */
  readonly person: string;
  /** False: of another network than this profile's. */
  readonly sameNetwork: boolean;
  readonly own: boolean;
}
