import { BlockList, isIP, isIPv4 } from 'node:net';
import { isAETitle } from '@endplate/dimse';
import { type Priority } from '@endplate/queue';
import { z } from 'zod';
import { type AeQuota, aeQuotaSchema } from './ae-quota';
import { type InstanceFilter, instanceFilterSchema } from './instance-filter';

/** An address or a CIDR block, IPv4 or IPv6. */
const addressSchema = z.string().refine((text) => blockOf(text) !== undefined, 'must be an IP address or a CIDR block');

const aeTitleSchema = z.string().refine(isAETitle, 'must be an AE title (PS3.5 6.2)');
/** Where a service of an AE is called; under its own title unless another one is named. */
const serviceAddressSchema = z.strictObject({
  host: z.string().regex(/^[a-z0-9][a-z0-9.:-]{0,252}$/i, 'must be a host name or an IP address'),
  port: z.int().min(1).max(65_535),
  aeTitle: aeTitleSchema.optional(),
});
/** Services that an AE may use; Verification is everyone's. */
export const AE_SERVICES = ['storage', 'commitment', 'mpps', 'ian'] as const;
/** A service that an AE may use. */
export type AeService = (typeof AE_SERVICES)[number];

/** Who an AE has to say that it is; the passcode itself is no part of the list. @standard PS3.7 D.3.3.7 */
const identitySchema = z
  .strictObject({
    username: z.string().min(1).max(256),
    passcodeFile: z.string().min(1).optional(),
    passcodeEnv: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]*$/)
      .optional(),
  })
  .refine((one) => !(one.passcodeFile && one.passcodeEnv), 'must have one of passcodeFile and passcodeEnv');

/** `ENDPLATE_AE_CONFIG`: who may send, and what holds for its studies. */
export const aeConfigSchema = z
  .array(
    z
      .strictObject({
        aeTitle: aeTitleSchema,
        /** Where it may come from; anywhere when absent. */
        addresses: z.array(addressSchema).min(1).optional(),
        /** AE titles under which it may call us; ENDPLATE_AE_TITLE alone when absent. */
        calledAETitles: z.array(aeTitleSchema).min(1).optional(),
        quietMs: z.int().min(0).max(86_400_000).optional(),
        priority: z.enum(['stat', 'routine']).optional(),
        /** Which of its instances are taken; the others are refused. */
        filter: instanceFilterSchema.optional(),
        /** How much it may send. */
        quota: aeQuotaSchema.optional(),
        /** Which services it may use; all when absent. */
        services: z.array(z.enum(AE_SERVICES)).min(1).optional(),
        /** Where it answers C-FIND and C-MOVE: it is asked how many instances a study has. */
        query: serviceAddressSchema.optional(),
        /** Whether instances that are missing by its count are fetched from there (C-MOVE to ourselves). */
        fetch: z.boolean().optional(),
        /** Where it hears results of storage commitment, where it does not wait for them. */
        commitment: serviceAddressSchema.optional(),
        /** The user identity it must show. */
        identity: identitySchema.optional(),
      })
      .refine((one) => !one.fetch || one.query, 'must have a query address to fetch from'),
  )
  .min(1);
/** `ENDPLATE_AE_CONFIG`: who may send. */
export type AeConfig = z.output<typeof aeConfigSchema>;

/** What holds for the studies of a sender. */
export interface SourceRules {
  readonly quietMs: number;
  readonly priority: Priority;
}

/** Where a service of an AE is called. */
export interface ServiceAddress {
  readonly host: string;
  readonly port: number;
  readonly aeTitle: string;
}

/** What an AE offers to us. */
export interface Partner {
  readonly query?: ServiceAddress;
  /** What is taken from the entry that names the query address. */
  readonly filter?: InstanceFilter;
  readonly fetch: boolean;
  readonly commitment?: ServiceAddress;
}

/** The user identity that an AE must show; without a passcode the name is enough. */
export type RequiredIdentity = NonNullable<AeConfig[number]['identity']>;

/** What holds for an association, as the AE list has it now. */
export interface Admission {
  readonly rules: SourceRules;
  readonly filter?: InstanceFilter;
  /** The AE of the list; absent where nobody is listed. */
  readonly aeTitle?: string;
  readonly quota?: AeQuota;
  /** Services that it may use; absent: all. */
  readonly services?: readonly AeService[];
}

/** Who calls whom, from where. */
export interface Caller {
  readonly callingAETitle: string;
  readonly calledAETitle: string;
  readonly remoteAddress: string;
}

interface Entry {
  readonly addresses: BlockList | undefined;
  readonly calledAETitles: readonly string[] | undefined;
  readonly admission: Admission;
  readonly partner: Partner;
  readonly identity: RequiredIdentity | undefined;
}

/** Knows who may send. Without a list anyone may, and the default rules hold. */
export class AeDirectory {
  private entries: ReadonlyMap<string, readonly Entry[]> | undefined;

  /** @param aeTitle - our own, which an entry without `calledAETitles` calls */
  constructor(
    config: AeConfig | undefined,
    private readonly defaults: SourceRules,
    private readonly aeTitle = 'ENDPLATE',
  ) {
    this.entries = config && entriesOf(config, defaults);
  }

  /** Another list holds from now on: for new associations, and for the next instance of open ones. */
  replace(config: AeConfig): void {
    this.entries = entriesOf(config, this.defaults);
  }

  /** Whether any sender calls us by this title. */
  isCalled(aeTitle: string): boolean {
    if (aeTitle === this.aeTitle) return true;
    return [...(this.entries?.values() ?? [])].flat().some((one) => one.calledAETitles?.includes(aeTitle));
  }

  /** What holds for a caller; undefined when it may not send. */
  admit(caller: Caller): Admission | undefined {
    if (!this.entries) return caller.calledAETitle === this.aeTitle ? { rules: this.defaults } : undefined;
    return this.find(caller)?.admission;
  }

  /** Whether a caller may use a service, as the list has it now. */
  maySend(caller: Caller, service: AeService): boolean {
    const admission = this.admit(caller);
    return admission !== undefined && mayUse(admission, service);
  }

  /** The user identity that a caller must show; undefined: none. */
  requiredIdentity(caller: Caller): RequiredIdentity | undefined {
    return this.find(caller)?.identity;
  }

  /** What an AE offers to us; of several entries of one title, the first that names a service. */
  partner(aeTitle: string): Partner {
    const partners = (this.entries?.get(aeTitle) ?? []).map(({ partner }) => partner);
    const { query, filter } = partners.find((one) => one.query) ?? {};
    const commitment = partners.find((one) => one.commitment)?.commitment;
    const fetch = partners.some((one) => one.fetch);
    return {
      fetch,
      ...(query ? { query } : {}),
      ...(filter ? { filter } : {}),
      ...(commitment ? { commitment } : {}),
    };
  }

  /** The rules for a sender without AE title (HTTP): loopback, or an address that a listed AE names. */
  findByAddress(remoteAddress: string): SourceRules | undefined {
    return this.admitByAddress(remoteAddress)?.rules;
  }

  private find({ callingAETitle, calledAETitle, remoteAddress }: Caller): Entry | undefined {
    return this.entries
      ?.get(callingAETitle)
      ?.filter((one) => (one.calledAETitles ?? [this.aeTitle]).includes(calledAETitle))
      .find((one) => contains(one.addresses, remoteAddress));
  }

  /** As {@link findByAddress}, with the filter of that AE. */
  admitByAddress(remoteAddress: string): Admission | undefined {
    if (isLoopback(remoteAddress)) return { rules: this.defaults };
    for (const entries of this.entries?.values() ?? []) {
      // Over HTTP nobody shows the user identity that an entry may ask for.
      const entry = entries.find(
        ({ addresses, identity, admission }) =>
          addresses && contains(addresses, remoteAddress) && !identity && mayUse(admission, 'storage'),
      );
      if (entry) return entry.admission;
    }
    return undefined;
  }
}

function mayUse({ services }: Admission, service: AeService): boolean {
  return services?.includes(service) ?? true;
}

/** True for 127.0.0.0/8 and ::1, also in the IPv4-mapped form; a host name counts when it is `localhost`. */
export function isLoopback(host: string): boolean {
  const plain = unmapped(host);
  return plain === 'localhost' || plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
}

function entriesOf(config: AeConfig, defaults: SourceRules): Map<string, Entry[]> {
  const entries = new Map<string, Entry[]>();
  for (const entry of config) {
    const { aeTitle, addresses, calledAETitles, quietMs, priority, identity, filter, quota, services } = entry;
    const rules = { quietMs: quietMs ?? defaults.quietMs, priority: priority ?? defaults.priority };
    const admission = {
      rules,
      aeTitle,
      ...(filter ? { filter } : {}),
      ...(quota ? { quota } : {}),
      ...(services ? { services } : {}),
    };
    const list = addresses && new BlockList();
    for (const text of addresses ?? []) {
      const block = blockOf(text)!;
      list?.addSubnet(block.network, block.prefix, block.family);
    }
    const before = entries.get(aeTitle) ?? [];
    const partner = partnerOf(entry);
    entries.set(aeTitle, [...before, { addresses: list, calledAETitles, admission, partner, identity }]);
  }
  return entries;
}

function partnerOf({ aeTitle, query, fetch, filter, commitment }: AeConfig[number]): Partner {
  return {
    ...(query ? { query: { ...query, aeTitle: query.aeTitle ?? aeTitle } } : {}),
    ...(query && filter ? { filter } : {}),
    fetch: fetch === true,
    ...(commitment ? { commitment: { ...commitment, aeTitle: commitment.aeTitle ?? aeTitle } } : {}),
  };
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
