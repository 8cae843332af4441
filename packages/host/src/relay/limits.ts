/** Caps and intervals of a running relay (docs/limits.md). */
export const LIMITS = {
  /** A clock that differs from the system's by more than this was set, or slept. */
  clockStepMs: 5,
  /** How often the two are compared. */
  clockCheckMs: 1_000,
  /** Longest sleep of a machine's timer; clocks are looked at again then. */
  timerMs: 60_000,
  /** Threads of an epoch are started this long before its first packet can come. */
  threadLeadMs: 5_000,
  /** Declared packets a second for which a relay gets one opening thread, up to its cores. */
  packetsPerThread: 4_000,
  /** Packets on their way through opening threads at which links are not read any more. */
  openingHighWater: 256,
  /** Slots for packets beside those the pool may keep: being opened, or being sent. */
  openingSlots: 4_096,
  /** How often finished packets are taken back. */
  collectMs: 1,
  /** How soon replay tags are on the disk and not only with the system. */
  replaySyncMs: 1_000,
  /** Bytes of a replay log read at a time. */
  replayRead: 1_048_576,
  /** Bytes of a large file overwritten a turn: an hour's replay log has up to a gigabyte. */
  wipePiece: 262_144,
  /** Documents kept on disk. */
  documents: 6,
  /** First and longest pause before an authority that did not answer is asked again. */
  authorityRetryFirstMs: 200,
  authorityRetryCapMs: 10_000,
  /** Longest wait for an authority's documents before another one is asked beside it. */
  authorityPatienceMs: 10_000,
  /** A descriptor the authority refuses for good is offered again this often. */
  refusedRetryMs: 30_000,
  /** First and longest pause before another authority is told something again. */
  peerRetryFirstMs: 50,
  peerRetryCapMs: 1_000,
  /** Messages that wait for one other authority; the oldest give way. */
  peerQueue: 64,
  /** How often an authority that lacks a document asks the others for it. */
  catchUpMs: 2_000,
  /** Pairs of contradicting statements kept on disk; the first ones stay. */
  evidence: 64,
  /** Days a link certificate holds, and how many before its end it is made anew. */
  linkDays: 90,
  linkRenewDays: 30,
  /** After SIGTERM: packets in the pool still leave, for so long. */
  drainMs: 10_000,
  /** After this, what keeps a process from being ready is said on standard error. */
  notReadyMs: 20_000,
  /** After this, a relay is ready although some neighbour is away. */
  linksSettleMs: 20_000,
  /** A box store that leaves a command unanswered for so long makes its edge not ready. */
  storeSilentMs: 5_000,
  /** Requests open on the admin socket. */
  adminRequests: 16,
  /** Nodes of a box cluster named by a configuration. */
  boxNodes: 64,
  /** How long a command waits for an answer of the admin socket. */
  adminAnswerMs: 10_000,
  /** Bytes of a configuration file, a relay card or an allow-list. */
  configBytes: 262_144,
  /** Characters of a request file: a descriptor of 9 kB for each relay of one operator. */
  requestBytes: 1_048_576,
  /** What the doctor waits for an authority, or for a key to show at an address. */
  probeMs: 5_000,
} as const;
