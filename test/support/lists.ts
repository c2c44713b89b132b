// adapter · realistic lists from four countries, to fill screens with
import { listSettings, type TestApp } from './test-app.ts'

const recipients = [
  { name: 'Resend', role: 'delivers the mail', country: 'US', safeguard: 'Standard contractual clauses' },
  { name: 'Glesys', role: 'hosts the database', country: 'SE' },
]

const swedish = {
  slug: 'manadsbrev',
  name: 'Månadsbrev från Lindströms',
  description: 'Ett brev i månaden om trädgården, aldrig fler.',
  default_locale: 'sv',
  locales: ['sv', 'en', 'pl', 'ru'],
  sender: {
    name: 'Lindströms trädgård',
    email: 'brev@lindstroms.example',
    reply_to: 'hej@lindstroms.example',
  },
  controller: {
    name: 'Lindströms Trädgård AB',
    address: 'Storgatan 12\n582 24 Linköping',
    contact_email: 'integritet@lindstroms.example',
    jurisdiction: 'SE',
  },
  recipients,
  purposes: [
    { key: 'clicks' },
    {
      key: 'offers',
      kind: 'mail',
      title: { sv: 'Erbjudanden', en: 'Offers', pl: 'Oferty', ru: 'Предложения' },
      text: {
        sv: 'Ibland ett erbjudande från vår butik.',
        en: 'Now and then an offer from our shop.',
        pl: 'Od czasu do czasu oferta z naszego sklepu.',
        ru: 'Иногда предложение из нашего магазина.',
      },
    },
  ],
  fields: [
    {
      key: 'first_name',
      label: { sv: 'Förnamn', en: 'First name', pl: 'Imię', ru: 'Имя' },
      purpose: 'newsletter',
    },
    {
      key: 'garden',
      type: 'choice',
      filterable: true,
      label: { sv: 'Vad odlar du?', en: 'What do you grow?', pl: 'Co uprawiasz?', ru: 'Что вы выращиваете?' },
      options: [
        { value: 'vegetables', label: { sv: 'Grönsaker', en: 'Vegetables', pl: 'Warzywa', ru: 'Овощи' } },
        { value: 'flowers', label: { sv: 'Blommor', en: 'Flowers', pl: 'Kwiaty', ru: 'Цветы' } },
        {
          value: 'balcony',
          label: { sv: 'Bara balkong', en: 'A balcony', pl: 'Tylko balkon', ru: 'Балкон' },
        },
      ],
      purpose: 'newsletter',
    },
  ],
  brand: { color: '#2f6b3a' },
}

const polish = {
  slug: 'ogrod',
  name: 'List z Ogrodu Botanicznego',
  description: 'Co dwa tygodnie: co kwitnie, kiedy przyjść.',
  default_locale: 'pl',
  locales: ['pl', 'en'],
  sender: { name: 'Ogród Botaniczny w Łodzi', email: 'listy@ogrod.example' },
  controller: {
    name: 'Ogród Botaniczny w Łodzi',
    address: 'ul. Krzemieniecka 36/38\n94-303 Łódź',
    contact_email: 'rodo@ogrod.example',
    dpo_email: 'iod@ogrod.example',
    jurisdiction: 'PL',
  },
  recipients,
  brand: { color: '#9a3b1e' },
}

const russian = {
  slug: 'pisma-iz-sada',
  name: 'Письма из сада',
  description: 'Одно письмо в неделю о саде и огороде.',
  default_locale: 'ru',
  locales: ['ru', 'en'],
  sender: { name: 'Сад и огород', email: 'pisma@sad.example' },
  controller: {
    name: 'SIA «Сад и огород»',
    address: 'ул. Садовая, 7\nLV-1010 Рига',
    contact_email: 'dannye@sad.example',
    jurisdiction: 'LV',
  },
}

const english = {
  ...listSettings,
  slug: 'press',
  name: 'Press releases',
  description: 'When there is news, at most twice a month.',
  locales: ['en'],
  purposes: [{ key: 'opens' }],
}

/** Creates four lists, newest last: English, Russian, Polish, Swedish. */
export async function lifelikeLists(house: TestApp): Promise<void> {
  for (const list of [english, russian, polish, swedish]) await house.makeList(list)
}
