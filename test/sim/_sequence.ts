/** The part of Mermaid's grammar of sequence diagrams that ours use, for tests; `node tools/mermaid.mjs` asks Mermaid itself. */

const line = {
  participant: /^participant (h\d+) as [^#;%<>]*(?:#\d+;[^#;%<>]*)*$/u,
  note: /^Note over (h\d+)(?:,(h\d+))?: \S/u,
  arrow: /^(h\d+)(?:->>|-->>|--\))(h\d+): \S/u,
  loop: /^loop (\d+) times$/u,
};

/** What is wrong in a diagram, in words. */
export function faultsInSequence(text: string): readonly string[] {
  const faults: string[] = [];
  const [first, ...lines] = text.trimEnd().split('\n');
  if (first !== 'sequenceDiagram') faults.push(`begins with ${first}`);
  const known = new Set<string>();
  let depth = 0;
  for (const whole of lines) {
    const one = whole.trim();
    const participant = line.participant.exec(one)?.[1];
    const [, ...hosts] = line.note.exec(one) ?? line.arrow.exec(one) ?? [];
    if (participant !== undefined) known.add(participant);
    else if (one === 'end') depth -= 1;
    else if (Number(line.loop.exec(one)?.[1]) > 1) depth += 1;
    else if (hosts.length === 0) faults.push(`no line of a diagram: ${one}`);
    for (const host of hosts) if (host !== undefined && !known.has(host)) faults.push(`no such host: ${one}`);
    if (depth < 0) faults.push('an end of nothing');
    if (/[;%<>]/u.test(one.replaceAll(/#\d+;|->>|-->>/gu, ''))) faults.push(`not escaped: ${one}`);
  }
  if (depth !== 0) faults.push('a loop never ends');
  return faults;
}
