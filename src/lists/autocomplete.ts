// pure · what browsers may fill in for a person, by the key of a field. WCAG 2.2, 1.3.5; HTML, autofill detail tokens

/** Each token with the keys that lists use for it, without their underscores. */
const keysOf: Readonly<Record<string, readonly string[]>> = {
  email: ['email'],
  name: ['name', 'fullname', 'yourname', 'imieinazwisko', 'namn', 'imja', 'fio'],
  'given-name': ['firstname', 'givenname', 'forename', 'fname', 'imie', 'fornamn', 'imya'],
  'additional-name': ['middlename', 'secondname', 'drugieimie', 'mellannamn', 'otchestvo'],
  'family-name': ['lastname', 'familyname', 'surname', 'lname', 'nazwisko', 'efternamn', 'familiya'],
  nickname: ['nickname', 'nick', 'callname', 'tilltalsnamn'],
  'honorific-prefix': ['salutation', 'honorific'],
  organization: ['company', 'organization', 'organisation', 'employer', 'firma', 'foretag'],
  'organization-title': ['jobtitle', 'position', 'job', 'stanowisko', 'befattning'],
  tel: ['phone', 'tel', 'telephone', 'mobile', 'phonenumber', 'telefon'],
  url: ['website', 'homepage', 'url'],
  bday: ['birthday', 'birthdate', 'dateofbirth', 'dob', 'bday', 'born', 'fodelsedag', 'dataurodzenia'],
  'street-address': ['address', 'streetaddress', 'adres', 'adress'],
  'address-line1': ['street', 'addressline1', 'ulica', 'gata'],
  'address-level2': ['city', 'town', 'miasto', 'stad', 'ort', 'gorod'],
  'address-level1': ['state', 'region', 'province', 'county', 'wojewodztwo', 'lan'],
  'postal-code': ['postcode', 'postalcode', 'zip', 'zipcode', 'kodpocztowy', 'postnummer', 'indeks'],
  'country-name': ['country', 'kraj', 'land', 'strana'],
  country: ['countrycode'],
  sex: ['gender', 'sex'],
  language: ['language', 'lang'],
}

const tokens: ReadonlyMap<string, string> = new Map(
  Object.entries(keysOf).flatMap(([token, keys]) => keys.map((key) => [key, token] as const)),
)

/** Undefined where the field is nothing that browsers know of a person. */
export const personalData = (key: string): string | undefined => tokens.get(key.replaceAll('_', ''))
