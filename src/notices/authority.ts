// pure · supervisory authorities, applicable law, third countries. GDPR Art. 13(1)(f), 13(2)(d), 77
import type { Law } from '../i18n/notice/texts.ts'
import { countryCode } from '../i18n/words.ts'
import type { Controller } from '../lists/list.ts'

/** The usual supervisory authority of each country, by its native name. */
const authorities: Readonly<Record<string, string>> = {
  AT: 'Österreichische Datenschutzbehörde (DSB)',
  BE: 'Autorité de protection des données / Gegevensbeschermingsautoriteit (APD/GBA)',
  CZ: 'Úřad pro ochranu osobních údajů (ÚOOÚ)',
  DE: 'Datenschutzaufsichtsbehörde des Bundeslandes',
  DK: 'Datatilsynet',
  EE: 'Andmekaitse Inspektsioon (AKI)',
  ES: 'Agencia Española de Protección de Datos (AEPD)',
  FI: 'Tietosuojavaltuutetun toimisto / Dataombudsmannens byrå',
  FR: 'Commission nationale de l’informatique et des libertés (CNIL)',
  GB: 'Information Commissioner’s Office (ICO)',
  IE: 'Data Protection Commission (DPC)',
  IT: 'Garante per la protezione dei dati personali',
  LT: 'Valstybinė duomenų apsaugos inspekcija (VDAI)',
  LV: 'Datu valsts inspekcija (DVI)',
  NL: 'Autoriteit Persoonsgegevens (AP)',
  NO: 'Datatilsynet',
  PL: 'Prezes Urzędu Ochrony Danych Osobowych (PUODO)',
  RU: 'Роскомнадзор',
  SE: 'Integritetsskyddsmyndigheten (IMY)',
}

const economicArea =
  'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IS IT LI LV LT LU MT NL NO PL PT RO SK SI ES SE EU'.split(' ')

/** Codes of the countries with a known area or authority. */
export const areas: readonly string[] = [...new Set([...economicArea, ...Object.keys(authorities)])]
  .filter((code) => code !== 'EU')
  .toSorted()

/** The authority's native name; null if it depends on where the person lives. */
export const authorityOf = (jurisdiction: string): string | null => authorities[jurisdiction] ?? null

/** Whose GDPR applies to the controller; null: neither. A representative shows that Art. 3(2) applies. GDPR Art. 27 */
export function lawOf({
  jurisdiction,
  representative,
}: Pick<Controller, 'jurisdiction' | 'representative'>): Law | null {
  if (economicArea.includes(jurisdiction)) return 'eu'
  if (jurisdiction === 'GB') return 'uk'
  return representative === null ? null : 'eu'
}

/** Returns whether a controller with this jurisdiction is established in the Union or the economic area. */
export const isInArea = (jurisdiction: string): boolean => economicArea.includes(jurisdiction)

/** The area within which data need no safeguard. */
export const areaOf = (jurisdiction: string): 'eea' | 'home' =>
  economicArea.includes(jurisdiction) ? 'eea' : 'home'

/** Returns whether a country is outside the controller's area. Unknown countries count as outside. */
export const isAbroad = (country: string, jurisdiction: string): boolean =>
  countryCode(country, areaOf(jurisdiction) === 'eea' ? economicArea : [jurisdiction]) === null
