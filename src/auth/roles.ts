// pure · the five roles, and the permissions of each

export const roles = ['owner', 'editor', 'sender', 'analyst', 'auditor'] as const
export type Role = (typeof roles)[number]

export const isRole = (text: string): text is Role => roles.some((role) => role === text)

export type Permission =
  | 'lists.read'
  | 'lists.write'
  | 'signups.write'
  | 'subscribers.read'
  | 'subscribers.write'
  | 'evidence.open'
  | 'segments.read'
  | 'segments.write'
  | 'campaigns.read'
  | 'campaigns.write'
  | 'campaigns.send'
  | 'operators.manage'
  | 'keys.manage'
  | 'settings.write'
  | 'audit.read'

/** Analysts see aggregates only; auditors see evidence; only owners have every permission. */
const granted: Readonly<Record<Permission, readonly Role[]>> = {
  'lists.read': ['owner', 'editor', 'sender', 'analyst', 'auditor'],
  'lists.write': ['owner', 'editor'],
  'signups.write': ['owner', 'editor'],
  'subscribers.read': ['owner', 'editor', 'auditor'],
  'subscribers.write': ['owner', 'editor'],
  'evidence.open': ['owner', 'auditor'],
  'segments.read': ['owner', 'editor', 'sender', 'analyst'],
  'segments.write': ['owner', 'editor', 'sender'],
  'campaigns.read': ['owner', 'editor', 'sender', 'analyst', 'auditor'],
  'campaigns.write': ['owner', 'editor', 'sender'],
  'campaigns.send': ['owner', 'sender'],
  'operators.manage': ['owner'],
  'keys.manage': ['owner'],
  'settings.write': ['owner'],
  'audit.read': ['owner', 'auditor'],
}

export const may = (role: Role, permission: Permission): boolean => granted[permission].includes(role)

/** For invitations and screens. */
export const roleWords: Readonly<Record<Role, { readonly title: string; readonly may: string }>> = {
  owner: { title: 'owner', may: 'An owner can do everything, including inviting and blocking operators.' },
  editor: {
    title: 'editor',
    may: 'An editor manages lists and people and writes campaigns, but cannot send them.',
  },
  sender: {
    title: 'sender',
    may: 'A sender writes and sends campaigns, but does not see individual people.',
  },
  analyst: { title: 'analyst', may: 'An analyst sees totals, but not individual people.' },
  auditor: {
    title: 'auditor',
    may: 'An auditor sees consents, can open their evidence with a reason, and reads the audit log.',
  },
}
export const rolesThat = (permission: Permission): readonly Role[] => granted[permission]
