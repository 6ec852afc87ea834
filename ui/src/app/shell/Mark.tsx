/** The program's mark: two shelves of a rack. */
export function Mark({ size = 18 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 36 36" aria-hidden="true" focusable="false">
      <rect x="1" y="2" width="34" height="14" rx="4" fill="var(--rd-bar)" />
      <rect x="1" y="20" width="34" height="14" rx="4" fill="var(--rd-bar)" opacity=".55" />
      <circle cx="9" cy="9" r="2.4" fill="var(--rd-surface)" />
      <circle cx="9" cy="27" r="2.4" fill="var(--rd-surface)" />
      <rect x="18" y="7.6" width="11" height="2.8" rx="1.4" fill="var(--rd-surface)" />
      <rect x="18" y="25.6" width="11" height="2.8" rx="1.4" fill="var(--rd-surface)" />
    </svg>
  );
}
