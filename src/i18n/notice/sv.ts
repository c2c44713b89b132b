// pure · the notice in Swedish
import { quoted } from '../typography/marks.ts'
import { counted } from '../words.ts'
import type { NoticeTexts } from './texts.ts'

const hoursOf = (count: number): string => counted('sv', count, { one: 'timme', other: 'timmar' })
const days = (count: number): string => counted('sv', count, { one: 'dygn', other: 'dygn' })
const span = (hours: number): string => (hours % 24 === 0 ? days(hours / 24) : hoursOf(hours))

const inLaw = (law: string | null): string => (law === null ? '' : ` (artikel 9 i ${law})`)

export const svNotice: NoticeTexts = {
  quoted: (text) => quoted('sv', text),
  titles: {
    controller: 'Personuppgiftsansvarig',
    dpo: 'Dataskyddsombud',
    purposes: 'Vad vi frågar efter, varför och med vilken rättslig grund',
    legitimate_interests: 'Vad vi gör med stöd av berättigat intresse',
    obligation: 'Vad du måste uppge',
    frequency: 'Vad du får, och hur ofta',
    recipients: 'Vilka andra som får dina uppgifter',
    transfers: 'Överföring till andra länder',
    storage: 'Hur länge vi sparar dina uppgifter',
    tracking: 'Mätning',
    double_opt_in: 'Bekräftelsen, och beviset vi sparar',
    ip_storage: 'Din IP-adress och webbläsare',
    ledger: 'Samtyckesloggen, och vad som blir kvar i den',
    age: 'Ålder',
    withdrawal: 'Så avslutar du',
    objection: 'Din rätt att invända',
    rights: 'Dina rättigheter',
    complaint: 'Klagomål',
    automated: 'Automatiserade beslut',
    further_use: 'Annan användning',
  },
  laws: { eu: 'dataskyddsförordningen', uk: 'UK GDPR' },
  short: ({ controller, list }) => [
    `När du prenumererar samtycker du till att ${controller} skickar ${list}, som kan innehålla reklam, till dig med e-post.`,
    'Du kan när som helst avsluta prenumerationen med ett klick i ett utskick.',
  ],
  shortAge: (age) => `För dig som har fyllt ${age} år.`,
  basis: {
    consent: { words: 'ditt samtycke', article: (law) => `artikel 6.1 a i ${law}` },
    explicit_consent: {
      words: 'ditt uttryckliga samtycke',
      article: (law) => `artikel 6.1 a och 9.2 a i ${law}`,
    },
    contract: { words: 'ett avtal med dig', article: (law) => `artikel 6.1 b i ${law}` },
    legal_obligation: { words: 'en rättslig förpliktelse', article: (law) => `artikel 6.1 c i ${law}` },
    legitimate_interest: { words: 'vårt berättigade intresse', article: (law) => `artikel 6.1 f i ${law}` },
  },
  controller: ({ name, address, contact }) => [
    `${name}, ${address}, är personuppgiftsansvarig och bestämmer varför och hur dina uppgifter används.`,
    `Kontakt: ${contact}.`,
  ],
  representative: (who) => `Företrädare i Europeiska unionen (artikel 27 i dataskyddsförordningen): ${who}.`,
  dpo: (address) => `Dataskyddsombudet nås på ${address}.`,
  noDpo: (contact) => `Inget dataskyddsombud är utsett. Frågor om dina uppgifter besvaras på ${contact}.`,
  address: (list) => `Din e-postadress används för att skicka ${list} till dig.`,
  purpose: ({ title, text, basis }) => `${title}. ${text} Rättslig grund: ${basis}.`,
  field: ({ label, purpose, basis, optional }) =>
    `${label} (${optional}): används för ${quoted('sv', purpose)}. Rättslig grund: ${basis}.`,
  optional: 'frivilligt',
  required: 'obligatoriskt',
  sensitive: (law) =>
    `Det här är en känslig personuppgift${inLaw(law)}. Uppge den bara om du vill att vi ska använda den. Ditt svar är ditt uttryckliga samtycke.`,
  sensitiveHint: (purpose, law) =>
    `Känslig personuppgift${inLaw(law)}. När du svarar samtycker du uttryckligen till att den används för ${quoted('sv', purpose)}.`,
  operations:
    'Uppgifterna samlas in, sparas och används till det som står här. De lämnas bara till mottagarna som beskrivs nedan.',
  legitimateInterests: (basis) => `Följande grundar sig på ${basis}:`,
  interests: [
    'Vi skyddar formuläret mot missbruk genom att räkna anmälningarna från varje nätverk och för varje adress.',
    'Vi sparar beviset för ditt samtycke, så att vi kan visa att du har gett det.',
    'Vi sparar uppgifter om varje utskick till dig och om leveransen av det, så att vi kan visa vad du har fått och hitta fel.',
    'Vi sparar en kontrollsumma (hash) av adresser som inte får användas, så att ingenting skickas dit.',
  ],
  legitimateFields: (labels) => `På samma grund använder vi de här svaren: ${labels}.`,
  obligation: (list) =>
    `Du är inte skyldig att uppge något av detta. Utan en adress kan vi inte skicka ${list} till dig. Svar och rutor som är frivilliga får lämnas tomma, och det påverkar ingenting annat.`,
  obligationFields: (labels) => `Formuläret kräver också: ${labels}.`,
  frequencyUnknown: 'Vi lovar inte hur ofta det kommer.',
  noRecipients: (controller) => `Ingen utanför ${controller} får dina uppgifter.`,
  recipients: 'De här får uppgifter, var och en bara för sin del av arbetet:',
  recipient: ({ name, country, role }) => `${name}${country === null ? '' : ` (${country})`}: ${role}.`,
  roles: { hosting: 'driver tjänsten och lagrar uppgifterna', mail: 'levererar utskicken' },
  safeguards: {
    adequacy: 'EU-kommissionens beslut om adekvat skyddsnivå',
    standard_clauses: 'standardavtalsklausuler',
    binding_rules: 'bindande företagsbestämmelser',
    data_privacy_framework: 'EU–US Data Privacy Framework (beslut om adekvat skyddsnivå)',
  },
  recipientsUnknown: (contact) =>
    `Skriv till ${contact} om du vill veta vilket företag som driver tjänsten, vilket som levererar dess e-post och i vilket land.`,
  noTransfers: {
    eea: 'Ingen mottagare finns utanför Europeiska ekonomiska samarbetsområdet (EES).',
    home: 'Ingen mottagare finns utanför den personuppgiftsansvariges land.',
  },
  transfer: ({ name, country, safeguard }) => `${name} (${country}). Skyddsåtgärd: ${safeguard}.`,
  transferUnsecured: ({ name, country }) => `${name} (${country}). Fråga oss om skyddsåtgärderna.`,
  transferCopy: (contact) => `Kopior av skyddsåtgärderna får du från ${contact}. Uppgifter går också till:`,
  transfersUnknown: (contact) =>
    `Skriv till ${contact} om du vill veta om uppgifter går till ett land som inte nämns här.`,
  storageKept: (contact) =>
    `Din adress, dina svar och dina val: så länge du prenumererar. Därefter sparar vi dem, med beviset för ditt samtycke och uppgifterna om utskicken till dig, så länge vi behöver dem för att visa att du samtyckte och när det upphörde. Ingen bestämd tid är satt; skriv till ${contact} om du vill att de raderas tidigare.`,
  storageProof:
    'Beviset för ditt samtycke är krypterat. För att läsa allt i det måste ett skäl anges, och skälet antecknas.',
  storageUnconfirmed: (hours) =>
    `Om du inte bekräftar: länken gäller i ${span(hours)}, därefter raderas dina svar. Din adress finns kvar, med uppgiften att den angavs och inte bekräftades, så att vi kan svara på frågor om det.`,
  storageLimits: (networkHours, addressDays) =>
    `Kontrollsummor (hash) mot missbruk av formuläret: av ditt nätverk i ${hoursOf(networkHours)}, av din adress i ${days(addressDays)}.`,
  storageSuppression:
    'Om du spärrar din adress, anmäler ett utskick som skräppost eller om ingen post når fram: en kontrollsumma (hash) av adressen, tills spärren hävs, så att ingenting skickas dit av misstag.',
  tracking: {
    none: 'Vi mäter inte om du öppnar ett utskick eller klickar på en länk. Det finns inga dolda bilder, och länkarna är orörda.',
    aggregate:
      'Klick räknas bara sammanlagt. Länken är densamma för alla, så vi kan inte se vem som har klickat.',
  },
  trackingIndividual: (purposes) =>
    `Bara om du samtycker till det: ${purposes}. För alla andra finns ingen dold bild, och länkarna är orörda.`,
  trackingLater: (purposes) =>
    `I dag mäts ingenting. Om mätning börjar gäller den bara dem som har samtyckt till det: ${purposes}.`,
  doubleOptIn: [
    'När du har skickat formuläret går ett meddelande till adressen du angav. Prenumerationen börjar först när du bekräftar den där.',
    'Som bevis sparar vi: adressen som du skrev den, orden du fick se, rutorna du kryssade i, sidan där formuläret stod så långt vi känner till den, när du anmälde dig och bekräftade och hur länge de sidorna var öppna, samt vilket meddelande du bekräftade och vad som rapporterades om leveransen. Allt är krypterat med en egen nyckel.',
  ],
  ip: {
    none: 'Varken din IP-adress eller namnet på din webbläsare sparas med ditt samtycke.',
    truncated: 'Din IP-adress utan sin sista del och namnet som din webbläsare uppger sparas med beviset.',
    full: 'Hela din IP-adress och namnet som din webbläsare uppger sparas med beviset.',
  },
  ledger: [
    'Varje steg (anmält, bekräftat, avslutat) förs in i en logg vars poster inte kan ändras i efterhand. En post innehåller varken namn eller adress, bara en kryptografisk försegling gjord med en nyckel som hör till din prenumeration.',
    'Varje post bygger på den föregående, så att det syns om någon har ändrats eller saknas. Därför blir posterna kvar, även när andra uppgifter om dig raderas.',
  ],
  age: (age) =>
    `Listan är till för dig som har fyllt ${age} år. Är du yngre ska du inte anmäla dig utan vårdnadshavares samtycke.`,
  noAge: 'Listan har ingen åldersgräns.',
  withdrawal: (contact) => [
    `Du kan ta tillbaka ditt samtycke när som helst: med länken i varje utskick, eller genom att skriva till ${contact}. Länken gäller genast.`,
    'Det påverkar inte lagligheten av det som gjorts dessförinnan. Varje samtycke kan tas tillbaka för sig.',
  ],
  objection: (contact) => [
    `Du kan när som helst, utan att ange skäl, invända mot att dina uppgifter används för direktmarknadsföring. Skriv till ${contact} eller använd länken i ett utskick, så upphör det.`,
    'Av skäl som hör till din särskilda situation kan du också invända mot det vi gör med stöd av berättigat intresse.',
  ],
  rights: (contact) => [
    'Du kan se dina uppgifter och få en kopia, få dem rättade eller raderade, få användningen begränsad, få ut det du har lämnat i ett maskinläsbart format och invända mot användningen.',
    `Skriv till ${contact}. Du får svar inom en månad, utan kostnad.`,
  ],
  complaint: (authority) => `Du kan lämna in klagomål till tillsynsmyndigheten: ${authority}.`,
  complaintUsual: 'dataskyddsmyndigheten i ditt land',
  complaintElsewhere:
    'Du kan också lämna in klagomål där du bor eller arbetar, eller där överträdelsen skedde.',
  automated: 'Inga beslut med rättsliga eller liknande följder för dig fattas enbart automatiserat.',
  furtherUse:
    'Om vi vill använda dina uppgifter till något annat berättar vi det i förväg, och frågar dig där samtycke behövs.',
}
