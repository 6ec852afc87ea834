/** Line weights that keep an icon as heavy as the text beside it. */
export const icon13 = { size: 13, stroke: 2, 'aria-hidden': true } as const;
export const icon14 = { size: 14, stroke: 2, 'aria-hidden': true } as const;
export const icon15 = { size: 15, stroke: 1.75, 'aria-hidden': true } as const;
export const icon16 = { size: 16, stroke: 1.75, 'aria-hidden': true } as const;
export const icon24 = { size: 24, stroke: 1.5, 'aria-hidden': true } as const;
