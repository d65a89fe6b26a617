/** What two browsers tell each other through the node, in the form of Licode's client. */
export type PeerSignal =
  { type: 'offer' | 'answer'; sdp: string } | { type: 'candidate'; candidate: LicodeCandidate };

interface LicodeCandidate {
  sdpMid: string | null;
  sdpMLineIndex: number | null;
  /** With the `a=` of the SDP line before it. */
  candidate: string;
}

export function candidateSignal({ candidate, sdpMid, sdpMLineIndex }: RTCIceCandidate): PeerSignal {
  return {
    type: 'candidate',
    candidate: { sdpMid, sdpMLineIndex, candidate: `a=${candidate}` },
  };
}

/** @returns undefined for the mark of the last candidate, and for what is none */
export function readCandidate(
  candidate: LicodeCandidate | string,
): RTCIceCandidateInit | undefined {
  const fields =
    typeof candidate === 'string' ? (JSON.parse(candidate) as LicodeCandidate) : candidate;
  if (!fields?.candidate || fields.candidate === 'end') return undefined;
  return {
    sdpMid: fields.sdpMid,
    sdpMLineIndex: Number(fields.sdpMLineIndex),
    candidate: fields.candidate.replace(/^a=/, ''),
  };
}

/** Licode's `{url}` is a browser's `{urls}`. */
export function readIceServers(
  servers: { url: string; username?: string; credential?: string }[] | undefined,
): RTCIceServer[] {
  return (servers ?? []).map(({ url, username, credential }) => ({
    urls: url,
    username,
    credential,
  }));
}
