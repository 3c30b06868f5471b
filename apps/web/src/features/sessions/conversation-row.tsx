import type { Conversation } from '@lightchat/protocol';
import { Ellipsis, Pencil, Trash2 } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useRef, useState } from 'react';
import { followLink, pathOf } from '../../app/route.ts';
import { cx } from '../../ui/cx.ts';
import { RenameField } from './rename-field.tsx';

interface ConversationRowProps {
  conversation: Conversation;
  current: boolean;
  onOpen: () => void;
  onDelete: () => void;
}

const ITEM =
  'flex min-h-9 items-center gap-2.5 rounded-sm px-2.5 text-sm outline-none data-highlighted:bg-hover pointer-coarse:min-h-11';

export function ConversationRow({ conversation, current, onOpen, onDelete }: ConversationRowProps) {
  const { id, title } = conversation;
  const [renaming, setRenaming] = useState(false);
  const link = useRef<HTMLAnchorElement>(null);
  if (renaming) {
    return (
      <li>
        <RenameField
          id={id}
          title={title}
          onDone={() => {
            setRenaming(false);
            requestAnimationFrame(() => link.current?.focus());
          }}
        />
      </li>
    );
  }
  return (
    <li className="group relative">
      <a
        ref={link}
        id={`conversation-${id}`}
        href={pathOf(id)}
        title={title}
        aria-current={current ? 'page' : undefined}
        className={cx(
          'quick block truncate rounded-md py-1.5 pr-9 pl-2.5 text-sm leading-5 transition-colors hover:bg-hover pointer-coarse:py-3',
          current ? 'bg-hover font-medium' : 'text-muted hover:text-text',
        )}
        onClick={(event) => {
          followLink(event);
          if (event.defaultPrevented) onOpen();
        }}
      >
        {title}
      </a>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger
          aria-label="More"
          aria-describedby={`conversation-${id}`}
          className="absolute inset-y-0 right-0.5 my-auto grid size-8 place-items-center rounded-sm text-subtle opacity-0 focus-visible:opacity-100 group-focus-within:opacity-100 group-hover:opacity-100 hover:text-text data-[state=open]:opacity-100 pointer-coarse:size-11 pointer-coarse:opacity-100"
        >
          <Ellipsis aria-hidden size={16} />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content
            align="end"
            className="z-50 min-w-40 rounded-md border border-hairline bg-raised p-1 shadow-layer"
            onCloseAutoFocus={(event) => event.preventDefault()}
          >
            <DropdownMenu.Item className={ITEM} onSelect={() => setRenaming(true)}>
              <Pencil aria-hidden size={15} /> Rename
            </DropdownMenu.Item>
            <DropdownMenu.Item
              className={cx(ITEM, 'text-danger')}
              onSelect={() => {
                focusNeighbour(link.current);
                onDelete();
              }}
            >
              <Trash2 aria-hidden size={15} /> Delete
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
    </li>
  );
}

/** Whoever deletes by keyboard goes on from the next row. */
function focusNeighbour(link: HTMLAnchorElement | null): void {
  if (!link) return;
  const links = [...(link.closest('nav')?.querySelectorAll('a') ?? [])];
  const at = links.indexOf(link);
  (links[at + 1] ?? links[at - 1])?.focus();
}
