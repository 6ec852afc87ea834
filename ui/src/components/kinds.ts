import {
  type Icon, IconBolt, IconCamera, IconCameraPlus, IconCreditCard, IconEdit, IconEraser, IconKey, IconLifebuoy, IconNetwork, IconNetworkOff, IconPlayerPause, IconPlayerPlay, IconRestore, IconShoppingCartPlus, IconSwitchVertical, IconTag, IconTagOff, IconTrash,
} from '@tabler/icons-react';
import { useT } from '@/app/i18n';
import { type PaletteCommand, useCommands } from '@/app/palette/commands';
import { type KindInfo, useCommand } from '@/ipc';
import type { Action } from './ActionMenu';
import { phraseText } from './phrase';
import { useDenied } from './rights';
import type { Effect } from './states';
import { wordOf } from './word';

/** Icons by the words of a kind's name: a new kind has one without being told here. */
const icons: readonly (readonly [RegExp, Icon])[] = [
  [/^server\.create/, IconShoppingCartPlus],
  [/rescue/, IconLifebuoy],
  [/password/, IconKey],
  [/rollback/, IconRestore],
  [/snapshot.*(delete|remove)/, IconTrash],
  [/snapshot.*rename/, IconEdit],
  [/snapshot/, IconCameraPlus],
  [/reinstall/, IconEraser],
  [/rename/, IconEdit],
  [/network.*(unassign|leave|remove)/, IconNetworkOff],
  [/network/, IconNetwork],
  [/tag.*(unassign|remove)/, IconTagOff],
  [/tag/, IconTag],
  [/(cancel|terminate|delete)/, IconTrash],
  [/unsuspend/, IconPlayerPlay],
  [/suspend/, IconPlayerPause],
  [/(upgrade|change_package|package)/, IconSwitchVertical],
  [/(payment|invoice|order)/, IconCreditCard],
];

export const kindIcon = (kind: string): Icon => icons.find(([pattern]) => pattern.test(kind))?.[1] ?? IconBolt;
export const snapshotIcon: Icon = IconCamera;

/** Keys of the actions that people do often. Power has its own. */
const keys: Readonly<Record<string, string>> = { 'server.rescue': 'shift+r', 'snapshot.create': 's', 'server.rename': 'n', 'server.reset_password': 'p' };

export const kindWord = (kind: string): string => wordOf(`phrases:kind.${kind}`, kind.replace(/^.*\./, ''));

/** Names of Contabo operations that a kind calls, for the rights; the others are asked when they are sent. */
const operations: Readonly<Record<string, string>> = {
  'server.rescue': 'rescue', 'server.reset_password': 'resetPasswordAction', 'server.rename': 'patchInstance', 'server.reinstall': 'reinstallInstance', 'server.cancel': 'cancelInstance',
  'snapshot.create': 'createSnapshot', 'snapshot.rename': 'updateSnapshot', 'snapshot.rollback': 'rollbackSnapshot', 'snapshot.delete': 'deleteSnapshot',
};

/** What a kind does, as the tag says it. */
export function kindEffect(kind: KindInfo): Effect {
  if (kind.impact === 'wipe') return 'wipe';
  if (kind.money) return 'money';
  return kind.impact;
}

/** What can be done with a target beside power, made from the core's own list of kinds. */
export function useKinds(target_kind: string, target_id: number | undefined): readonly KindInfo[] {
  const { data } = useCommand('actionKinds', { target_kind, target_id: target_id ?? null }, { fresh: true, enabled: target_id !== undefined });
  return data?.filter((kind) => !kind.kind.startsWith('power.')) ?? [];
}

/** Kinds as actions of a menu, with why they cannot be asked for. */
export function useKindActions(kinds: readonly KindInfo[], run: (kind: KindInfo) => void): Action[] {
  const t = useT('rights');
  const denied = useDenied();
  return kinds.map((kind): Action => {
    const needs = denied.get(operations[kind.kind] ?? '');
    return {
      id: kind.kind,
      label: `${kindWord(kind.kind)}${kind.fields.length > 0 ? '…' : ''}`,
      icon: kindIcon(kind.kind),
      effect: kindEffect(kind),
      danger: kind.impact === 'wipe',
      ...(keys[kind.kind] ? { keys: keys[kind.kind] as string } : {}),
      disabled: kind.reason ? phraseText(kind.reason) : kind.allowed ? (needs ? t('denied', { needs }) : undefined) : kindWord(kind.kind),
      run: () => run(kind),
    };
  });
}

/** What erases stands apart, at the end. */
export function groupedActions(actions: readonly Action[]): (Action | 'divider')[] {
  const [mild, harsh] = [actions.filter((a) => !a.danger), actions.filter((a) => a.danger)];
  return [...mild, ...(mild.length > 0 && harsh.length > 0 ? (['divider'] as const) : []), ...harsh];
}

/** The same actions in the palette, each with the name of what it is done to. */
export function useKindCommands(name: string, actions: readonly Action[]): void {
  const t = useT('servers');
  useCommands(
    actions.map((action): PaletteCommand => ({
      id: action.id,
      title: t('power.of', { verb: action.label.replace('…', ''), name }),
      icon: action.icon ?? IconBolt,
      ...(action.effect ? { effect: action.effect } : {}),
      ...(action.keys ? { keys: action.keys } : {}),
      consequence: { lead: t('power.asks') },
      ...(action.disabled ? { disabled: action.disabled } : {}),
      run: action.run,
    })),
  );
}
