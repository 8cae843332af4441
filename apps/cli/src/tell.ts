/** Commands in our own sentences, as they are to be typed for the profile in use. */

export type Tell = (text: string) => string;

/** `tacet up` becomes `tacet --profile alice up` where the profile is not the usual one. */
export function tellFor(profile: string): Tell {
  if (profile === 'default') return (text) => text;
  return (text) => text.replace(/\btacet (?=[a-z])/g, `tacet --profile ${profile} `);
}
