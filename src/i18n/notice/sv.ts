// pure · the notice in Swedish
import { counted } from '../words.ts'
import type { NoticeTexts } from './texts.ts'

const months = (count: number): string => counted('sv', count, { one: 'månad', other: 'månader' })
const span = (hours: number): string =>
  hours % 24 === 0
    ? counted('sv', hours / 24, { one: 'dygn', other: 'dygn' })
    : counted('sv', hours, { one: 'timme', other: 'timmar' })

export const svNotice: NoticeTexts = {
  quoted: (text) => `”${text}”`,
  titles: {
    controller: 'Vem som ansvarar',
    dpo: 'Dataskyddsombud',
    purposes: 'Vad vi frågar efter, varför och på vilken grund',
    legitimate_interests: 'Vad som vilar på våra egna intressen',
    obligation: 'Vad du måste lämna',
    frequency: 'Vad du får, och hur ofta',
    recipients: 'Vilka andra som får dina uppgifter',
    transfers: 'Överföring till andra länder',
    storage: 'Hur länge vi sparar dem',
    tracking: 'Mätning',
    double_opt_in: 'Bekräftelsen, och beviset vi sparar',
    ip_storage: 'Din IP-adress och webbläsare',
    ledger: 'Samtyckesloggen, och vad som blir kvar i den',
    age: 'Ålder',
    withdrawal: 'Så slutar du',
    objection: 'Din rätt att invända',
    rights: 'Dina rättigheter',
    complaint: 'Klagomål',
    automated: 'Automatiserade beslut',
    further_use: 'Annan användning',
  },
  short: ({ controller, list }) => [
    `${controller} sparar din adress för att skicka ${list}, tills du säger stopp.`,
    'Du kan sluta när som helst, med ett klick i varje utskick.',
  ],
  shortAge: (age) => `För dig som har fyllt ${age} år.`,
  basis: {
    consent: { words: 'ditt samtycke', gdpr: 'artikel 6.1 a i dataskyddsförordningen' },
    contract: { words: 'ett avtal med dig', gdpr: 'artikel 6.1 b i dataskyddsförordningen' },
    legal_obligation: { words: 'en rättslig förpliktelse', gdpr: 'artikel 6.1 c i dataskyddsförordningen' },
    legitimate_interest: {
      words: 'vårt berättigade intresse',
      gdpr: 'artikel 6.1 f i dataskyddsförordningen',
    },
  },
  controller: ({ name, address, contact }) => [
    `${name}, ${address}, är personuppgiftsansvarig: bestämmer varför och hur dina uppgifter används.`,
    `Kontakt: ${contact}.`,
  ],
  dpo: (address) => `Dataskyddsombudet nås på ${address}.`,
  noDpo: (contact) => `Inget dataskyddsombud är utsett. Frågor om dina uppgifter besvaras på ${contact}.`,
  address: (list) => `Din e-postadress används för att skicka ${list} till dig.`,
  purpose: ({ title, text, basis }) => `${title}. ${text} Grund: ${basis}.`,
  field: ({ label, purpose, basis, optional }) =>
    `${label} (${optional}): används för ”${purpose}”. Grund: ${basis}.`,
  optional: 'frivilligt',
  required: 'behövs',
  sensitive: 'Det här är en känslig uppgift. Lämna den bara om du vill att vi ska använda den.',
  operations:
    'Uppgifterna samlas in, sparas, används till det som står här och raderas sedan. Ingenting annat görs med dem.',
  legitimateInterests: (basis) =>
    `Två saker vilar på ${basis}: formuläret skyddas mot missbruk, och beviset för ditt samtycke sparas så att vi kan visa att du har gett det.`,
  legitimateFields: (labels) => `Det gör även användningen av de här svaren: ${labels}.`,
  obligation: (list) =>
    `Du är inte skyldig att lämna något av detta. Utan en adress kan vi inte skicka ${list} till dig. Svar och rutor som är frivilliga får lämnas tomma, och det påverkar ingenting annat.`,
  obligationFields: (labels) => `Formuläret behöver också: ${labels}.`,
  frequencyUnknown: 'Ingen bestämd takt är utlovad.',
  noRecipients: (controller) => `Ingen utanför ${controller} får dina uppgifter.`,
  recipients: 'De här får uppgifter, var och en bara för sin del av arbetet:',
  recipient: ({ name, country, role }) => `${name} (${country}): ${role}.`,
  noTransfers: {
    eea: 'Ingen mottagare finns utanför Europeiska ekonomiska samarbetsområdet (EES).',
    home: 'Ingen mottagare finns utanför den ansvariges land.',
  },
  transfer: ({ name, country, safeguard }) => `${name} (${country}). Skyddsåtgärd: ${safeguard}.`,
  transferUnsecured: ({ name, country }) => `${name} (${country}). Fråga oss om skyddsåtgärderna.`,
  transferCopy: (contact) =>
    `Uppgifter går också till de här länderna. Kopior av skyddsåtgärderna kan du få från ${contact}.`,
  storageActive: (count) =>
    `Din adress och dina svar: tills du slutar, eller tills ${months(count)} har gått utan att du har gjort något.`,
  storageUnconfirmed: (hours) =>
    `Om du inte bekräftar: länken gäller i ${span(hours)}, och inom 24 timmar därefter raderas dina uppgifter.`,
  storageEvidence: (count) =>
    `Beviset för ditt samtycke: ${count} år efter att det upphörde, till slutet av det kalenderåret. Det är krypterat och öppnas bara av ett angivet skäl.`,
  storageDeliveries: (count) =>
    `Uppgiften om varje utskick till dig: ${months(count)}, därefter bara totalsummor.`,
  storageLimits:
    'Fingeravtryck mot missbruk av formuläret: av ditt nätverk i 48 timmar, av din adress i 90 dagar.',
  storageSuppression:
    'Om du spärrar eller raderar din adress: ett fingeravtryck av den, gjort med nyckel, så länge vi skickar nyhetsbrev. Det hindrar att någon lägger in den igen av misstag.',
  tracking: {
    none: 'Vi mäter inte om du öppnar ett utskick eller klickar på en länk. Det finns inga dolda bilder, och länkarna är orörda.',
    aggregate:
      'Klick räknas bara sammanlagt. Länken är densamma för alla, så vi kan inte se vem som har klickat.',
  },
  trackingIndividual: (purposes) =>
    `Bara om du går med på det: ${purposes}. För alla andra finns ingen dold bild, och länkarna är orörda.`,
  trackingLater: (purposes) =>
    `I dag mäts ingenting. Om mätning börjar gäller den bara dem som har gått med på det: ${purposes}.`,
  doubleOptIn: [
    'När du har skickat formuläret går ett meddelande till adressen du angav. Prenumerationen börjar först när du bekräftar den där.',
    'Som bevis sparar vi: adressen som du skrev den, orden du fick se, rutorna du kryssade i, sidan där formuläret stod, när du anmälde dig och bekräftade och hur länge de sidorna var öppna, samt vilket meddelande du bekräftade och vad som rapporterades om leveransen. Allt är krypterat med en egen nyckel.',
  ],
  ip: {
    none: 'Varken din IP-adress eller namnet på din webbläsare sparas med ditt samtycke.',
    truncated: 'Din IP-adress utan sin sista del och namnet som din webbläsare uppger sparas med beviset.',
    full: 'Hela din IP-adress och namnet som din webbläsare uppger sparas med beviset.',
  },
  ledger: [
    'Varje steg (efterfrågat, bekräftat, avslutat) förs in i en logg som inte kan ändras i efterhand. En post innehåller varken namn eller adress, bara ett sigill gjort med en nyckel som hör till din prenumeration.',
    'När dina uppgifter raderas förstörs nyckeln. Posten blir kvar, men ingen kan längre koppla den till dig. Den måste finnas kvar för att vem som helst ska kunna kontrollera att ingenting har ändrats eller utelämnats.',
  ],
  age: (age) =>
    `Listan är till för dig som har fyllt ${age} år. Är du yngre ska du inte anmäla dig utan en förälder eller annan vårdnadshavare.`,
  noAge: 'Listan har ingen åldersgräns.',
  withdrawal: (contact) => [
    `Du kan ta tillbaka ditt samtycke när som helst: med länken i varje utskick, eller genom att skriva till ${contact}. Det gäller genast.`,
    'Det som gjordes innan förblir lagligt. Varje samtycke kan avslutas för sig.',
  ],
  objection: (contact) =>
    `Du kan när som helst, utan att ange skäl, invända mot att dina uppgifter används för direktmarknadsföring. Skriv till ${contact} eller använd länken i ett utskick, så upphör det.`,
  rights: (contact) => [
    'Du kan se dina uppgifter och få en kopia, få dem rättade eller raderade, få användningen begränsad, få ut det du har lämnat i ett maskinläsbart format och invända mot användningen.',
    `Skriv till ${contact}. Du får svar inom en månad, utan kostnad.`,
  ],
  complaint: (authority) => `Du kan klaga hos tillsynsmyndigheten: ${authority}.`,
  complaintUsual: 'dataskyddsmyndigheten i ditt land',
  complaintElsewhere: 'Du kan också vända dig till myndigheten där du bor eller arbetar.',
  automated: 'Inget beslut med rättsliga eller liknande följder för dig fattas av en maskin ensam.',
  furtherUse:
    'Om vi vill använda dina uppgifter till något annat berättar vi det i förväg, och frågar dig där samtycke behövs.',
}
