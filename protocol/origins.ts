/** Origins a page may be allowed to talk to, out of addresses that strangers wrote. @module */

/** Origins of http(s) URLs, each once; whatever else stands there is left out, so that a list of them is safe in a policy. */
export function originsOf(urls: readonly string[]): string[] {
  const origins = urls.flatMap((text) => {
    const url = URL.parse(text);
    return url && /^https?:$/.test(url.protocol) ? [url.origin] : [];
  });
  return [...new Set(origins)];
}
