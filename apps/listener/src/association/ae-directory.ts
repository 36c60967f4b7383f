import { BlockList, isIP, isIPv4 } from 'node:net';
import { isAETitle } from '@endplate/dimse';
import { type Priority } from '@endplate/queue';
import { z } from 'zod';

/** An address or a CIDR block, IPv4 or IPv6. */
const addressSchema = z.string().refine((text) => blockOf(text) !== undefined, 'must be an IP address or a CIDR block');

/** `ENDPLATE_AE_CONFIG`: who may send, and what holds for its studies. */
export const aeConfigSchema = z
  .array(
    z.strictObject({
      aeTitle: z.string().refine(isAETitle, 'must be an AE title (PS3.5 6.2)'),
      /** Where it may come from; anywhere when absent. */
      addresses: z.array(addressSchema).min(1).optional(),
      quietMs: z.int().min(0).max(86_400_000).optional(),
      priority: z.enum(['stat', 'routine']).optional(),
    }),
  )
  .min(1);
/** `ENDPLATE_AE_CONFIG`: who may send. */
export type AeConfig = z.output<typeof aeConfigSchema>;

/** What holds for the studies of a sender. */
export interface SourceRules {
  readonly quietMs: number;
  readonly priority: Priority;
}

interface Entry {
  readonly addresses: BlockList | undefined;
  readonly rules: SourceRules;
}

/** Knows who may send. Without a list anyone may, and the default rules hold. */
export class AeDirectory {
  private readonly entries: ReadonlyMap<string, readonly Entry[]> | undefined;

  constructor(
    config: AeConfig | undefined,
    private readonly defaults: SourceRules,
  ) {
    this.entries = config && entriesOf(config, defaults);
  }

  /** The rules for a calling AE title from an address; undefined when it may not send. */
  find(callingAETitle: string, remoteAddress: string): SourceRules | undefined {
    if (!this.entries) return this.defaults;
    return this.entries.get(callingAETitle)?.find((one) => contains(one.addresses, remoteAddress))?.rules;
  }

  /** The rules for a sender without AE title (HTTP): loopback, or an address that a listed AE names. */
  findByAddress(remoteAddress: string): SourceRules | undefined {
    if (isLoopback(remoteAddress)) return this.defaults;
    for (const entries of this.entries?.values() ?? []) {
      const entry = entries.find((one) => one.addresses && contains(one.addresses, remoteAddress));
      if (entry) return entry.rules;
    }
    return undefined;
  }
}

/** True for 127.0.0.0/8 and ::1, also in the IPv4-mapped form; a host name counts when it is `localhost`. */
export function isLoopback(host: string): boolean {
  const plain = unmapped(host);
  return plain === 'localhost' || plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
}

function entriesOf(config: AeConfig, defaults: SourceRules): Map<string, Entry[]> {
  const entries = new Map<string, Entry[]>();
  for (const { aeTitle, addresses, quietMs, priority } of config) {
    const rules = { quietMs: quietMs ?? defaults.quietMs, priority: priority ?? defaults.priority };
    const list = addresses && new BlockList();
    for (const text of addresses ?? []) {
      const block = blockOf(text)!;
      list?.addSubnet(block.network, block.prefix, block.family);
    }
    entries.set(aeTitle, [...(entries.get(aeTitle) ?? []), { addresses: list, rules }]);
  }
  return entries;
}

function contains(addresses: BlockList | undefined, remoteAddress: string): boolean {
  if (!addresses) return true;
  const plain = unmapped(remoteAddress);
  return isIP(plain) !== 0 && addresses.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
}

function blockOf(text: string): { network: string; prefix: number; family: 'ipv4' | 'ipv6' } | undefined {
  const [network = '', bits, ...more] = text.split('/');
  const version = isIP(network);
  if (version === 0 || more.length > 0) return undefined;
  const most = version === 4 ? 32 : 128;
  if (bits !== undefined && !/^[0-9]{1,3}$/.test(bits)) return undefined;
  const prefix = bits === undefined ? most : Number(bits);
  return prefix > most ? undefined : { network, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

function unmapped(address: string): string {
  return address.startsWith('::ffff:') && isIPv4(address.slice(7)) ? address.slice(7) : address;
}
