// adapter · realistic people in four languages, reproducible by seed
import { en, Faker, pl, ru, sv } from '@faker-js/faker'
import type { Locale } from '../../i18n/locale.ts'

export interface Person {
  readonly email: string
  readonly firstName: string
  readonly lastName: string
  readonly locale: Locale
  readonly country: 'PL' | 'SE' | 'RU' | 'GB'
}

const countries = { pl: 'PL', sv: 'SE', ru: 'RU', en: 'GB' } as const
const fakers = {
  pl: new Faker({ locale: [pl, en] }),
  sv: new Faker({ locale: [sv, en] }),
  ru: new Faker({ locale: [ru, en] }),
  en: new Faker({ locale: [en] }),
}
const locales: readonly Locale[] = ['pl', 'sv', 'ru', 'en']

export function people(count: number, seed: number): readonly Person[] {
  for (const [at, locale] of locales.entries()) fakers[locale].seed(seed + at)
  return Array.from({ length: count }, (_, at) => {
    const locale = locales[at % locales.length] ?? 'en'
    const faker = fakers[locale]
    const firstName = faker.person.firstName()
    const lastName = faker.person.lastName()
    const plain = faker.helpers
      .slugify(`${firstName}.${lastName}`)
      .normalize('NFD')
      .replaceAll(/[^A-Za-z.]/g, '')
    const domain = ['example.pl', 'example.com', 'post.example.se', 'pochta.example.org'][at % 4]
    return {
      email: `${plain.replaceAll(/^\.+|\.+$/g, '') || 'person'}.${at}+news@${domain}`,
      firstName,
      lastName,
      locale,
      country: countries[locale],
    }
  })
}
