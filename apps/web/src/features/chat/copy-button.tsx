import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { announce, notify } from '../../app/notices.ts';
import { IconButton } from '../../ui/icon-button.tsx';

const CONFIRMED_MS = 1600;

interface CopyButtonProps {
  text: string;
  label: string;
  className?: string;
}

export function CopyButton({ text, label, className }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), CONFIRMED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      announce('Copied');
    } catch {
      notify({ tone: 'danger', text: 'The browser did not allow copying.' });
    }
  };
  return <IconButton label={label} icon={copied ? Check : Copy} className={className} onClick={() => void copy()} />;
}
