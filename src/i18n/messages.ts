// pure · the message catalogues by language
import type { Catalogue } from './catalogue.ts'
import { en } from './en.ts'
import type { Locale } from './locale.ts'
import { pl } from './pl.ts'
import { ru } from './ru.ts'
import { sv } from './sv.ts'

const catalogues = { en, pl, sv, ru } as const satisfies Record<Locale, Catalogue>

/** All public texts in one language. */
export const messages = (locale: Locale): Catalogue => catalogues[locale]
