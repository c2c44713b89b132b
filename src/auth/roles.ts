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
  owner: { title: 'owner', may: 'An owner may do everything, and decides who else comes in.' },
  editor: {
    title: 'editor',
    may: 'An editor makes lists, looks after people and writes campaigns; somebody else sends them.',
  },
  sender: { title: 'sender', may: 'A sender writes campaigns and sends them, and sees no single person.' },
  analyst: { title: 'analyst', may: 'An analyst sees figures, and no single person.' },
  auditor: {
    title: 'auditor',
    may: 'An auditor sees consents, opens their evidence with a reason, and reads who did what.',
  },
}
export const rolesThat = (permission: Permission): readonly Role[] => granted[permission]
