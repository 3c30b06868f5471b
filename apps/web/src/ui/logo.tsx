export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 32 32">
      <rect width="32" height="32" rx="9" fill="#0f766e" />
      <path
        fill="#d4f23f"
        d="M18.2 5.5 8.6 17.6c-.4.5 0 1.2.6 1.2h5l-1.3 7c-.1.8.9 1.2 1.4.6l9.3-11.8c.4-.5 0-1.2-.6-1.2h-4.8l1.4-7.2c.2-.9-.9-1.3-1.4-.7Z"
      />
    </svg>
  );
}
