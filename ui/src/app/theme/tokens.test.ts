import { describe, expect, it } from 'vitest';
import { grounds, profileColours, type Scheme, tones } from './tokens';

function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

describe.each(['light', 'dark'] as const)('the %s theme', (scheme: Scheme) => {
  const g = grounds[scheme];
  it.each(Object.keys(profileColours) as (keyof typeof profileColours)[])('can be read on every ground in %s', (colour) => {
    const accent = profileColours[colour][scheme];
    const all = [g.chrome, g.surface, g.sunken, g.raised, g.hover, accent.accentTint];
    for (const ground of [...all, g.pressed]) {
      for (const text of [g.text, g.text2, g.text3]) expect(contrast(text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
    for (const ground of all) expect(contrast(accent.accentText, ground), `${accent.accentText} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    expect(contrast(g.onAccent, accent.accent)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(g.onAccent, accent.accentHover)).toBeGreaterThanOrEqual(4.5);
    for (const ground of [g.surface, g.raised, g.sunken]) expect(contrast(accent.focus, ground)).toBeGreaterThanOrEqual(3);
  });

  it('tells its states apart from their tints, and shows where a field ends', () => {
    for (const tone of Object.values(tones[scheme])) {
      for (const ground of [g.chrome, g.surface, g.raised, g.hover, tone.tint]) expect(contrast(tone.fg, ground)).toBeGreaterThanOrEqual(4.5);
      for (const text of [g.text, g.text2]) expect(contrast(text, tone.tint)).toBeGreaterThanOrEqual(4.5);
    }
    for (const ground of [g.surface, g.raised, g.sunken]) expect(contrast(g.fieldLine, ground)).toBeGreaterThanOrEqual(3);
    expect(contrast(g.onDanger, g.dangerFill)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(g.text, g.mark)).toBeGreaterThanOrEqual(4.5);
  });
});
