import { MantineProvider, DirectionProvider } from '@mantine/core';
import { type ReactNode, useEffect, useMemo } from 'react';
import type { ProfileSummary } from '@/ipc';
import { i18next } from '../i18n';
import { usePref } from '../prefs';
import { theme, variablesOf } from './theme';
import { type ProfileColour, profileColours } from './tokens';

/** The colour of a profile; a name this version does not know becomes the default. */
export function colourOf(profile: Pick<ProfileSummary, 'colour'> | null | undefined): ProfileColour {
  const name = profile?.colour ?? 'petrol';
  return name in profileColours ? (name as ProfileColour) : 'petrol';
}

/** The preference rules; Mantine keeps nothing of its own. */
const noManager = { get: () => 'auto' as const, set: () => undefined, subscribe: () => undefined, unsubscribe: () => undefined, clear: () => undefined };

export function ThemeProvider({ colour, children }: { colour: ProfileColour; children: ReactNode }) {
  const scheme = usePref('theme');
  const motion = usePref('motion');
  const density = usePref('density');
  const direction = i18next.dir(usePref('language'));
  const variables = useMemo(() => variablesOf(colour), [colour]);
  useEffect(() => {
    document.documentElement.dataset['motion'] = motion;
    document.documentElement.dataset['density'] = density;
  }, [motion, density]);
  return (
    <DirectionProvider key={direction} initialDirection={direction}>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={variables}
        colorSchemeManager={noManager}
        defaultColorScheme={scheme === 'system' ? 'auto' : scheme}
        {...(scheme === 'system' ? {} : { forceColorScheme: scheme })}
        deduplicateCssVariables={false}
        env={import.meta.env.MODE === 'test' ? 'test' : 'default'}
      >
        {children}
      </MantineProvider>
    </DirectionProvider>
  );
}
