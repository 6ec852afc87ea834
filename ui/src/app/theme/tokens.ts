/**
 * Every value the interface is drawn with. Colours are sRGB hex, lengths CSS pixels on a 4-px grid.
 * Text on its ground holds 4.5:1 and control edges 3:1 in both themes; tokens.test.ts measures it.
 */
export type Scheme = 'light' | 'dark';
export type Tone = 'ok' | 'busy' | 'warn' | 'bad' | 'idle';
export type ProfileColour = 'petrol' | 'iris' | 'plum' | 'umber' | 'graphite';

export const grounds = {
  light: {
    chrome: '#F3F5F6',
    surface: '#FFFFFF',
    sunken: '#F8F9FA',
    raised: '#FFFFFF',
    hover: '#F2F4F6',
    pressed: '#E6E9EC',
    line: '#E4E7EA',
    lineStrong: '#CCD2D8',
    fieldLine: '#868F99',
    text: '#14181D',
    text2: '#47505A',
    text3: '#616A74',
    disabled: '#8A939D',
    accent: '#0B6876',
    accentHover: '#095763',
    onAccent: '#FFFFFF',
    accentText: '#0A616E',
    accentTint: '#E6F2F4',
    accentLine: '#8FC3CB',
    focus: '#0B7D8E',
    scrim: 'rgba(20, 26, 32, 0.42)',
    skeleton: '#E9ECEF',
    mark: '#FFF0C2',
    dangerFill: '#B3261E',
    onDanger: '#FFFFFF',
  },
  dark: {
    chrome: '#0E1114',
    surface: '#14181C',
    sunken: '#11151A',
    raised: '#1B2026',
    hover: '#1B2127',
    pressed: '#262D35',
    line: '#242A31',
    lineStrong: '#3A434D',
    fieldLine: '#6C7783',
    text: '#E7EAED',
    text2: '#ADB6C0',
    text3: '#8F99A4',
    disabled: '#6C7783',
    accent: '#12788A',
    accentHover: '#147E91',
    onAccent: '#FFFFFF',
    accentText: '#62C6D3',
    accentTint: '#122A30',
    accentLine: '#2B6C77',
    focus: '#4DB9C8',
    scrim: 'rgba(4, 6, 8, 0.62)',
    skeleton: '#20262D',
    mark: '#5A4A17',
    dangerFill: '#C2362D',
    onDanger: '#FFFFFF',
  },
} as const;

export const tones: Record<Scheme, Record<Tone, { fg: string; tint: string; line: string }>> = {
  light: {
    ok: { fg: '#1A7A3E', tint: '#E5F4EA', line: '#9FD0B0' },
    busy: { fg: '#1C5FC2', tint: '#E7F0FD', line: '#A5C4F2' },
    warn: { fg: '#8A5200', tint: '#FDF0D8', line: '#E3B76C' },
    bad: { fg: '#B3261E', tint: '#FCEBE9', line: '#E5A39D' },
    idle: { fg: '#56606B', tint: '#EDF0F2', line: '#CCD2D8' },
  },
  dark: {
    ok: { fg: '#64C78F', tint: '#12291D', line: '#2C6246' },
    busy: { fg: '#82B3FF', tint: '#14263F', line: '#345B93' },
    warn: { fg: '#E9B44F', tint: '#2E2410', line: '#7A5C1F' },
    bad: { fg: '#FF938A', tint: '#361B1A', line: '#8A3F39' },
    idle: { fg: '#A3ACB7', tint: '#222931', line: '#3A434D' },
  },
};

export const shadows: Record<Scheme, { menu: string; dialog: string; bar: string }> = {
  light: { menu: '0 1px 2px rgba(16,24,32,.06), 0 8px 24px rgba(16,24,32,.12), 0 0 0 1px rgba(16,24,32,.06)', dialog: '0 2px 6px rgba(16,24,32,.08), 0 24px 64px rgba(16,24,32,.24)', bar: '0 -1px 0 #8FC3CB' },
  dark: { menu: '0 8px 24px rgba(0,0,0,.5), 0 0 0 1px #3A434D', dialog: '0 24px 64px rgba(0,0,0,.6), 0 0 0 1px #3A434D', bar: '0 -1px 0 #2B6C77' },
};

/** One accent per profile: the bar on top, the primary button, current tab, selection, focus, links. Never a state. */
export const profileColours = {
  petrol: {
    light: {
      bar: '#0B6876',
      accent: '#0B6876',
      accentText: '#0A616E',
      accentTint: '#E6F2F4',
      accentLine: '#8FC3CB',
      accentHover: '#095763',
      focus: '#0B7D8E',
    },
    dark: {
      bar: '#2AA6B7',
      accent: '#12788A',
      accentText: '#62C6D3',
      accentTint: '#122A30',
      accentLine: '#2B6C77',
      accentHover: '#147E91',
      focus: '#4DB9C8',
    },
  },
  iris: {
    light: {
      bar: '#5146B8',
      accent: '#5146B8',
      accentText: '#4A3FAE',
      accentTint: '#EEECFB',
      accentLine: '#B5AEE8',
      accentHover: '#463C9E',
      focus: '#5146B8',
    },
    dark: {
      bar: '#8E84F0',
      accent: '#6156CC',
      accentText: '#B0A8FA',
      accentTint: '#211E3D',
      accentLine: '#534A9E',
      accentHover: '#6A60CF',
      focus: '#8E84F0',
    },
  },
  plum: {
    light: {
      bar: '#93307A',
      accent: '#93307A',
      accentText: '#8A2B72',
      accentTint: '#FAEBF5',
      accentLine: '#DDA5CC',
      accentHover: '#7E2969',
      focus: '#93307A',
    },
    dark: {
      bar: '#D167B5',
      accent: '#A33D88',
      accentText: '#E897D0',
      accentTint: '#331A2C',
      accentLine: '#7D3A6A',
      accentHover: '#A9498F',
      focus: '#D167B5',
    },
  },
  umber: {
    light: {
      bar: '#7A4B32',
      accent: '#7A4B32',
      accentText: '#73452D',
      accentTint: '#F6EEE9',
      accentLine: '#CFAE9B',
      accentHover: '#69402B',
      focus: '#7A4B32',
    },
    dark: {
      bar: '#B98467',
      accent: '#8C5A3F',
      accentText: '#D8AC92',
      accentTint: '#2B201A',
      accentLine: '#6F4F3D',
      accentHover: '#93644B',
      focus: '#B98467',
    },
  },
  graphite: {
    light: {
      bar: '#3C4650',
      accent: '#3C4650',
      accentText: '#38424C',
      accentTint: '#ECEFF1',
      accentLine: '#AEB7BF',
      accentHover: '#343C45',
      focus: '#3C4650',
    },
    dark: {
      bar: '#9AA5B0',
      accent: '#55616D',
      accentText: '#BAC4CE',
      accentTint: '#222931',
      accentLine: '#4B5661',
      accentHover: '#5F6A76',
      focus: '#9AA5B0',
    },
  },
} as const;

export const heights = {
  productionBar: 3,
  topBar: 44,
  statusBar: 26,
  navItem: 30,
  tabs: 40,
  filterBar: 44,
  tableHead: 28,
  rowDense: 32,
  rowComfortable: 40,
  rowLog: 30,
  totalsRow: 32,
  bulkBar: 44,
  button: 30,
  buttonSmall: 26,
  field: 32,
  filterChip: 26,
  pill: 20,
  effectTag: 20,
  tag: 18,
  paletteRow: 34,
  paletteInput: 52,
  toast: 52,
  hitAreaMin: 24,
} as const;

export const widths = {
  sidebar: 208,
  timeline: 304,
  drawer: 468,
  logDetail: 480,
  ticketList: 288,
  ticketContext: 316,
  planDialog: 860,
  wipeDialog: 760,
  palette: 696,
  toast: 420,
  formColumn: 420,
  proseMax: 560,
} as const;

export const layers = {
  stickyHead: 2,
  bulkBar: 3,
  drawer: 10,
  menu: 20,
  dialog: 30,
  palette: 40,
  toast: 50,
} as const;
