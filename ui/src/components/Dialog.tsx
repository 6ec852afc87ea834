import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { layers } from '@/app/theme/tokens';
import classes from './Dialog.module.css';

export interface DialogProps {
  onClose: () => void;
  width: number;
  /** Its name for screen readers. */
  label: string;
  /** Class of the panel. */
  className?: string;
  /** From the top instead of in the middle. */
  top?: number;
  layer?: number;
  closeOnClickOutside?: boolean;
  closeOnEscape?: boolean;
  children: ReactNode;
}

/** The panel every dialog stands on: focus kept inside and given back, the profile's bar left in sight. */
export function Dialog({ onClose, width, label, className, top, layer = layers.dialog, closeOnClickOutside = true, closeOnEscape = true, children }: DialogProps) {
  return (
    <Modal.Root
      opened
      onClose={onClose}
      size={width}
      centered={top === undefined}
      yOffset={top ?? 40}
      zIndex={layer}
      closeOnClickOutside={closeOnClickOutside}
      closeOnEscape={closeOnEscape}
      padding={0}
      radius="lg"
      returnFocus
      transitionProps={{ duration: 0 }}
      classNames={{ content: className ? `${classes.panel} ${className}` : classes.panel, inner: classes.inner, overlay: classes.scrim }}
    >
      <Modal.Overlay />
      <Modal.Content aria-label={label}>
        {children}
      </Modal.Content>
    </Modal.Root>
  );
}
