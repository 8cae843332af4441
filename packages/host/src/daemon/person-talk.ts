/** What is said in a conversation, as the methods of the API ask it of a person's machine. */
import type { MessageView, ParamsOf, VersionView } from '@tacet/api';
import type { Millis } from '@tacet/base';

/** `Client.talk` of packages/client has this shape. */
export interface Talk {
  react(request: ParamsOf<'message.react'>, now: Millis): MessageView;
  edit(request: ParamsOf<'message.edit'>, now: Millis): MessageView;
  delete(request: ParamsOf<'message.delete'>, now: Millis): void;
  history(id: string): readonly VersionView[];
  rename(request: ParamsOf<'profile.rename'>, now: Millis): void;
  setTimer(request: ParamsOf<'timer.set'>, now: Millis): MessageView;
}
