/** `host:port` as it stands in URLs: an IPv6 address needs brackets, or nobody sees where its port begins. */
export function hostWithPort(host: string, port: number): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`;
}
