// pure · the catalogue of a language
import type { Catalogue } from './catalogue.ts'
import { en } from './en.ts'
import type { Locale } from './locale.ts'
import { pl } from './pl.ts'
import { ru } from './ru.ts'
import { sv } from './sv.ts'

const catalogues = { en, pl, sv, ru } as const satisfies Record<Locale, Catalogue>

/** Every sentence that a person can read, in this language. */
export const messages = (locale: Locale): Catalogue => catalogues[locale]
