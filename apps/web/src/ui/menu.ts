/** Which message has its menu open, and beside what. One at a time. */
import { signal } from '@preact/signals';

export interface MenuPlace {
  readonly id: string;
  /** Gets the focus back. */
  readonly opener: HTMLElement;
  /** Where the pointer was; null: at the opener. */
  readonly at: { readonly x: number; readonly y: number } | null;
}

export const menu = signal<MenuPlace | null>(null);

export function openMenu(place: MenuPlace): void {
  menu.value = place;
}

export function closeMenu(): void {
  menu.value = null;
}
