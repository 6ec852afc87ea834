import {
  ActionIcon,
  Button,
  Checkbox,
  type CSSVariablesResolver,
  createTheme,
  Input,
  Kbd,
  Menu,
  Popover,
  Radio,
  SegmentedControl,
  Select,
  Tabs,
  Tooltip,
} from '@mantine/core';
import { grounds, heights, layers, type ProfileColour, profileColours, type Scheme, shadows, tones } from './tokens';
import classes from './controls.module.css';

const familyUi = '"Inter Variable", "Segoe UI Variable Text", "Segoe UI", Cantarell, "Noto Sans", system-ui, sans-serif';
const familyMono = '"JetBrains Mono", "Cascadia Mono", "SF Mono", "DejaVu Sans Mono", ui-monospace, monospace';

/** Mantine wants ten steps; the variables below decide what is seen, so every step is the accent itself. */
const accentSteps = Array.from({ length: 10 }, () => profileColours.petrol.light.accent) as unknown as readonly [
  string, string, string, string, string, string, string, string, string, string,
];

export const theme = createTheme({
  primaryColor: 'profile',
  colors: { profile: accentSteps },
  fontFamily: familyUi,
  fontFamilyMonospace: familyMono,
  fontSizes: { xs: '11px', sm: '12px', md: '13px', lg: '15px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '18px', md: '20px', lg: '22px', xl: '28px' },
  fontWeights: { regular: '400', medium: '500', bold: '600' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '20px' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px' },
  defaultRadius: 'sm',
  headings: { fontFamily: familyUi, fontWeight: '600' },
  shadows: { sm: 'var(--rd-shadow-menu)', md: 'var(--rd-shadow-menu)', lg: 'var(--rd-shadow-dialog)', xl: 'var(--rd-shadow-dialog)' },
  cursorType: 'default',
  respectReducedMotion: true,
  autoContrast: false,
  focusRing: 'never',
  components: {
    Button: Button.extend({
      defaultProps: { size: 'sm', variant: 'default' },
      classNames: { root: classes.button, section: classes.buttonSection },
      vars: (_theme, props) => ({
        root: {
          '--button-height': `${props.size === 'xs' ? heights.buttonSmall : heights.button}px`,
          '--button-padding-x': props.size === 'xs' ? '9px' : '10px',
          '--button-fz': props.size === 'xs' ? '12px' : '13px',
        },
      }),
    }),
    ActionIcon: ActionIcon.extend({
      defaultProps: { size: 'sm', variant: 'subtle' },
      classNames: { root: classes.icon },
      vars: (_theme, props) => ({
        root: { '--ai-size': `${props.size === 'xs' ? 24 : props.size === 'md' ? heights.button : heights.buttonSmall}px` },
      }),
    }),
    Input: Input.extend({
      classNames: { input: classes.input, wrapper: classes.inputWrapper },
      vars: () => ({ wrapper: { '--input-height': `${heights.field}px`, '--input-fz': '13px', '--input-padding': '10px' } }),
    }),
    InputWrapper: Input.Wrapper.extend({
      classNames: { label: classes.label, description: classes.help, error: classes.error },
      defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] },
    }),
    Select: Select.extend({ defaultProps: { allowDeselect: false, checkIconPosition: 'right' } }),
    Checkbox: Checkbox.extend({
      classNames: { input: classes.checkbox, body: classes.choice, label: classes.choiceLabel },
      vars: () => ({ root: { '--checkbox-size': '14px', '--checkbox-radius': '3.5px' } }),
    }),
    Radio: Radio.extend({
      classNames: { radio: classes.checkbox, body: classes.choice, label: classes.choiceLabel },
      vars: () => ({ root: { '--radio-size': '14px', '--radio-icon-size': '6px' } }) }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 400, zIndex: layers.toast, transitionProps: { duration: 80 }, events: { hover: true, focus: true, touch: false } },
      classNames: { tooltip: classes.tooltip },
    }),
    Popover: Popover.extend({
      defaultProps: { zIndex: layers.dialog + 1, shadow: 'sm', transitionProps: { duration: 80 } },
      classNames: { dropdown: classes.popover },
    }),
    Menu: Menu.extend({
      defaultProps: { zIndex: layers.dialog + 1, shadow: 'sm', position: 'bottom-start', transitionProps: { duration: 80 }, withInitialFocusPlaceholder: false },
      classNames: { dropdown: classes.menu, item: classes.menuItem, label: classes.menuLabel, divider: classes.menuDivider },
    }),
    SegmentedControl: SegmentedControl.extend({
      defaultProps: { size: 'xs', radius: 'sm' },
      classNames: { root: classes.segments, indicator: classes.segmentOn, label: classes.segment, control: classes.segmentBox },
    }),
    Tabs: Tabs.extend({ classNames: { list: classes.tabList, tab: classes.tab, tabLabel: classes.tabLabel } }),
    Kbd: Kbd.extend({ classNames: { root: classes.kbd } }),
  },
});

/** Every colour of one scheme, as variables. */
export function schemeVariables(scheme: Scheme, colour: ProfileColour): Record<string, string> {
  const accent = profileColours[colour][scheme];
  const ground = { ...grounds[scheme], ...accent };
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(ground)) out[`--rd-${kebab(name)}`] = value;
  for (const [tone, value] of Object.entries(tones[scheme])) {
    out[`--rd-${tone}`] = value.fg;
    out[`--rd-${tone}-tint`] = value.tint;
    out[`--rd-${tone}-line`] = value.line;
  }
  out['--rd-shadow-menu'] = shadows[scheme].menu;
  out['--rd-shadow-dialog'] = shadows[scheme].dialog;
  out['--rd-ring'] = `0 0 0 2px color-mix(in srgb, ${ground.focus} 28%, transparent)`;
  return {
    ...out,
    '--mantine-color-body': ground.surface,
    '--mantine-color-text': ground.text,
    '--mantine-color-dimmed': ground.text3,
    '--mantine-color-placeholder': ground.text3,
    '--mantine-color-anchor': ground.accentText,
    '--mantine-color-error': tones[scheme].bad.fg,
    '--mantine-color-success': tones[scheme].ok.fg,
    '--mantine-color-default': ground.raised,
    '--mantine-color-default-hover': ground.hover,
    '--mantine-color-default-color': ground.text,
    '--mantine-color-default-border': ground.lineStrong,
    '--mantine-color-disabled': ground.sunken,
    '--mantine-color-disabled-color': ground.text3,
    '--mantine-color-disabled-border': ground.line,
    '--mantine-color-profile-filled': ground.accent,
    '--mantine-color-profile-filled-hover': ground.accentHover,
    '--mantine-color-profile-light': ground.accentTint,
    '--mantine-color-profile-light-hover': ground.accentTint,
    '--mantine-color-profile-light-color': ground.accentText,
    '--mantine-color-profile-text': ground.accentText,
    '--mantine-color-profile-outline': ground.accentText,
    '--mantine-primary-color-contrast': ground.onAccent,
  };
}

function kebab(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1-$2').replace(/([a-z])(\d)/g, '$1$2').toLowerCase();
}

/** The variables of one profile colour in both schemes. */
export function variablesOf(colour: ProfileColour): CSSVariablesResolver {
  const sizes = Object.fromEntries(Object.entries(heights).map(([name, value]) => [`--rd-h-${kebab(name)}`, `${value}px`]));
  return () => ({
    variables: { ...sizes, '--rd-gutter': '20px', '--rd-mono': familyMono, '--mantine-line-height': '20px' },
    light: schemeVariables('light', colour),
    dark: schemeVariables('dark', colour),
  });
}
