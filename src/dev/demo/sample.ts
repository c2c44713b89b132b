// pure · content of the demo: a publisher's lists, segments and letters. Names and companies are invented

const controller = {
  name: 'Trädgårdsbrevet AB',
  address: 'Storgatan 1\n111 22 Stockholm\nSweden',
  contact_email: 'privacy@tradgard.example',
  dpo_email: 'dpo@tradgard.example',
  jurisdiction: 'SE',
}

const country = {
  key: 'country',
  type: 'choice',
  label: { en: 'Country', pl: 'Kraj', sv: 'Land', ru: 'Страна' },
  options: ['PL', 'SE', 'RU', 'GB'],
  purpose: 'newsletter',
  filterable: true,
}

const firstName = {
  key: 'first_name',
  label: { en: 'First name', pl: 'Imię', sv: 'Förnamn', ru: 'Имя' },
  purpose: 'newsletter',
}

export const demoLists = [
  {
    slug: 'garden',
    name: 'The Garden Letter',
    description: 'One letter a month about what to sow, to tie and to leave alone.',
    locales: ['en', 'pl', 'sv', 'ru'],
    sender: {
      name: 'The Garden Letter',
      email: 'letter@tradgard.example',
      reply_to: 'hello@tradgard.example',
    },
    controller,
    brand: { color: '#2f6b3a' },
    purposes: [
      {
        key: 'offers',
        kind: 'mail',
        title: {
          en: 'Offers from our shop',
          pl: 'Oferty z naszego sklepu',
          sv: 'Erbjudanden från vår butik',
          ru: 'Предложения нашего магазина',
        },
        text: {
          en: 'Seeds and tools at a reduced price, at most once a month.',
          pl: 'Nasiona i narzędzia w niższej cenie, najwyżej raz w miesiącu.',
          sv: 'Fröer och redskap till nedsatt pris, högst en gång i månaden.',
          ru: 'Семена и инструменты по сниженной цене, не чаще раза в месяц.',
        },
      },
    ],
    fields: [firstName, country],
  },
  {
    slug: 'workshop',
    name: 'Workshop dates',
    description: 'A short note when a new workshop opens, four or five times a year.',
    locales: ['en', 'sv'],
    sender: { name: 'The workshop', email: 'workshop@tradgard.example', reply_to: null },
    controller,
    brand: { color: '#8a4b12' },
    fields: [{ ...firstName, label: { en: 'First name', sv: 'Förnamn' } }],
  },
] as const

export const demoSegments = [
  { name: 'In Poland', list: 'garden', filter: { all: [{ field: 'country', is: 'PL' }] } },
  {
    name: 'New in the last month',
    list: 'garden',
    filter: { all: [{ confirmed: { within_days: 30 } }] },
  },
] as const

const letter = (title: string, text: string): string =>
  `# ${title}\n\nDear {{ subscriber.first_name | default: "reader" }},\n\n${text}\n\nUntil next month,\n\n{{ list.name }}`

/** `daysAgo` null: a draft. */
export const demoCampaigns = [
  {
    daysAgo: 40,
    list: 'garden',
    subject: 'What to sow now',
    body: letter(
      'What to sow now',
      'Broad beans and spinach do not mind the cold. **Tomatoes** do: keep them on the sill until the nights stay above eight degrees.\n\n- Broad beans, two inches deep\n- Spinach, in the half shade\n- Peas, along a net',
    ),
  },
  {
    daysAgo: 12,
    list: 'garden',
    subject: '{{ subscriber.first_name | default: "Dear reader" }}, the beds are full',
    body: letter(
      'The beds are full',
      'What was sown last month wants room. Thin the carrots while the soil is wet, tie the beans, and [read on about slugs](https://tradgard.example/slugs).',
    ),
  },
  {
    daysAgo: 5,
    list: 'workshop',
    subject: 'A workshop on grafting',
    body: letter(
      'A workshop on grafting',
      'Twelve places, one Saturday, old apple trees. Bring a sharp knife.',
    ),
  },
  {
    daysAgo: null,
    list: 'garden',
    subject: 'Leave the leaves',
    body: letter(
      'Leave the leaves',
      'A tidy bed in autumn is a cold one in winter. Leave the leaves where they fall.',
    ),
  },
] as const
