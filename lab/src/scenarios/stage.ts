/**
 * What a scenario may do, whether the network is simulated or made of processes and sockets. All
 * waiting is by condition; a stage throws with the scenario's word when a condition does not come
 * true in its time (network time: simulated in the lab, real over sockets).
 */
import type { ContactView, InvitationView, MessageView, StatusView } from '@tacet/client';

export interface Actor {
  readonly name: string;
  status(): Promise<StatusView>;
  /** With the confirmation that Fast asks for; it begins at a random moment. */
  setLevel(level: StatusView['level']): Promise<void>;
  /** As a visible window's heartbeat does. */
  useWindow(): Promise<void>;
  invite(label: string): Promise<InvitationView>;
  invitations(): Promise<readonly InvitationView[]>;
  revoke(id: string): Promise<InvitationView>;
  accept(link: string, name: string): Promise<ContactView>;
  contacts(): Promise<readonly ContactView[]>;
  send(contact: string, text: string, clientId?: string): Promise<MessageView>;
  message(id: string): Promise<MessageView>;
  messages(contact: string): Promise<readonly MessageView[]>;
  /** Kill -9, and start again. */
  kill(): Promise<void>;
  restart(): Promise<void>;
}

export interface Stage {
  /** A person who has joined the network. */
  person(name: string): Promise<Actor>;
  /** Resolves when `done` is true; `what` names the condition in the error. */
  until(what: string, done: () => Promise<boolean>, timeoutMs?: number): Promise<void>;
  /** Lets network time pass. */
  pass(ms: number): Promise<void>;
  /** Kill -9 of relay number n of a role, and its return with what it had saved. */
  killRelay(role: 'mix' | 'edge', n: number): Promise<void>;
  restartRelay(role: 'mix' | 'edge', n: number): Promise<void>;
}

export interface Scenario {
  readonly name: string;
  /**
   * `meeting` and `refusal`: people who never met before. `texts`: they may have met, and written,
   * before. `kills`: the same, and one of them is killed. `relays`: the same, and relays are killed,
   * which others on the network would notice.
   */
  readonly about: 'meeting' | 'refusal' | 'texts' | 'kills' | 'relays';
  readonly run: (stage: Stage) => Promise<void>;
}
