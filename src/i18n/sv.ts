// pure · the catalogue in Swedish
import type { Catalogue } from './catalogue.ts'
import { svNotice } from './notice/sv.ts'
import { ended, named, quoted } from './typography/marks.ts'
import { counted, waited } from './words.ts'

const n = (name: string): string => named('sv', name)
const q = (label: string): string => quoted('sv', label)
const wait = (minutes: number): string =>
  waited('sv', minutes, {
    minute: { one: 'minut', other: 'minuter' },
    hour: { one: 'timme', other: 'timmar' },
  })

export const sv: Catalogue = {
  language: 'svenska',
  page: {
    languages: 'Språk',
    privacy: 'Integritet',
    skip: 'Hoppa till innehållet',
    optional: 'frivilligt',
    choose: 'Välj',
    errorMark: 'Kontrollera',
    whatToMend: 'Inte skickat än. Det du skrev finns kvar.',
    openAgain: 'Öppna sidan igen',
    start: 'Till startsidan',
    reference: (id) => `Om du skriver till oss om detta, ange den här referensen: ${id}`,
    trial: 'Det här är en provinstallation: inga mejl skickas till någon.',
    mailbox: 'Öppna brevlådan med det som skulle ha skickats',
  },
  signup: {
    title: (list) => `Prenumerera på ${n(list)}`,
    email: 'E-post',
    submit: 'Prenumerera',
    details: 'Allt om dina uppgifter',
    also: 'Kanske passar det här dig också',
    alsoHint: 'Ett enda meddelande bekräftar allt du kryssar i.',
    honeypot: 'Lämna det här fältet tomt',
    didYouMean: (address) => `Menade du ${address}?`,
    notFound: {
      title: 'Den listan finns inte',
      text: 'Sidans adress kan vara felstavad, eller så är listan stängd. Här tas inga anmälningar emot.',
    },
  },
  sent: {
    title: 'Titta i din inkorg',
    text: 'Om adressen fungerar kommer snart ett meddelande från oss. Där står hur du slutför anmälan. Innan dess skickas ingenting mer.',
    from: (sender) => `Meddelandet kommer från ${sender}.`,
    subject: 'Om du inte redan prenumererar är ämnesraden:',
    otherwise: 'Inget meddelande?',
    spam: 'Titta i skräpposten.',
    wait: 'Vänta några minuter. En del e-postservrar tar tid på sig.',
    repeat: ({ second, third }) =>
      `Fortfarande inget? Skicka formuläret igen efter ${wait(second)}, så kommer ett andra meddelande, och efter ${wait(third)} ett tredje, det sista för dagen. Bara det senaste gäller.`,
    spelling: 'Kontrollera att adressen är rättstavad.',
    slip: (typed, meant) => `Du angav en adress hos ${typed}. Om du menade ${meant}, rätta den i formuläret.`,
    again: 'Tillbaka till formuläret',
  },
  confirm: {
    title: 'Bekräfta din prenumeration',
    heading: (list) => `Vill du ha ${n(list)}?`,
    headingOfMany: 'Vill du ha de här nyhetsbreven?',
    asked: (controller, when) =>
      `Den ${when} angavs din adress i ett formulär hos ${ended(controller)} Anmälan gällde:`,
    agree: 'Det här samtycker du till',
    untick: 'Avmarkera det du inte vill ha innan du bekräftar.',
    notice: 'Allt om dina uppgifter',
    withdraw: 'Du kan när som helst avsluta prenumerationen med länken i ett utskick.',
    until: (when) => `Du kan bekräfta fram till den ${when}.`,
    yes: (list) => `Ja, skicka ${n(list)} till mig`,
    yesToMany: 'Ja, skicka dem till mig',
    codeLabel: 'Koden i meddelandet',
    codeHint: 'Sex siffror.',
    notMe: 'Det var inte jag',
    notMeText:
      'Då behöver du inte göra något: utan ditt ja skickas ingenting. Om du nekar stängs förfrågan genast.',
    block: 'Spärra adressen för fler förfrågningar',
    blockHint: (host) =>
      `Inget formulär på ${host} skickar då ett sådant här meddelande till dig, vilket nyhetsbrev det än gäller.`,
    refuse: 'Neka',
  },
  confirmed: {
    title: 'Bekräftat',
    heading: 'Tack. Nu är det klart.',
    text: (names) => `Du prenumererar på ${names}.`,
    next: 'Vad som händer nu',
    from: (sender) => `Nästa utskick kommer från ${sender}.`,
    leave: 'I varje utskick finns en länk för att avsluta prenumerationen.',
    choices: 'Se eller ändra det du har samtyckt till',
    proof: 'Bevis på ditt samtycke',
    proofText:
      'Det här är en kontrollsumma (hash) av den loggpost som visar ditt samtycke. Den innehåller varken ditt namn eller din adress. Spara den om du vill.',
  },
  already: {
    title: 'Redan bekräftat',
    text: (names, count) =>
      count === 1
        ? `Din prenumeration på ${names} är redan bekräftad.`
        : `Dina prenumerationer på ${names} är redan bekräftade.`,
    rest: 'Inget mer behövs, och ingenting har ändrats.',
  },
  refused: {
    title: 'Förfrågan är stängd',
    text: 'Vi har antecknat att du inte ville ha det här. Förfrågan leder inte till några utskick.',
    blocked: (host) =>
      `Från och med nu skickar inget formulär på ${host} något bekräftelsemeddelande till din adress, vilket nyhetsbrev det än gäller.`,
    unblock: (contact) => `Om du ändrar dig, skriv till ${contact}.`,
  },
  expired: {
    title: 'Länken har gått ut',
    text: (when) => `Länken gällde till och med den ${ended(when)} Anmälan bekräftades inte.`,
    again: 'Om du fortfarande vill prenumerera fyller du i formuläret igen, så kommer ett nytt meddelande.',
  },
  replaced: {
    title: 'Det finns ett nyare meddelande',
    text: 'En nyare förfrågan har ersatt den här. Öppna länken i det senaste meddelandet; den här kan inte längre användas.',
  },
  left: {
    title: 'Länken kan inte längre användas',
    text: 'Förfrågan avslutades innan den hade bekräftats. Du prenumererar inte, och ingenting skickas.',
  },
  unknownLink: {
    title: 'Länken fungerar inte',
    text: 'Den kan ha kortats av på vägen. Öppna den igen från meddelandet, eller kopiera den i sin helhet.',
    rest: 'Ingenting har ändrats.',
  },
  signUpAgain: (list) => `Till formuläret för ${n(list)}`,
  unsubscribe: {
    title: (list) => `Avsluta prenumerationen på ${n(list)}?`,
    text: 'Du får inga fler utskick från den här listan. Det gäller genast.',
    button: 'Ja, avsluta',
    done: 'Klart',
    doneText: (list) => `Du får inte längre ${n(list)}.`,
    underway: 'Ett utskick som redan var på väg kan ändå komma fram.',
    mistake: 'Blev det fel? Du kan anmäla dig igen.',
    nothing: 'Det finns inget att avsluta',
    nothingText: (list) => `Du prenumererar inte på ${n(list)}.`,
  },
  preferences: {
    title: (list) => `Dina val för ${n(list)}`,
    text: 'Ta bort krysset för det du inte längre samtycker till. Det gäller genast.',
    private:
      'Här kan ingenting läggas till, och sidan visar inga uppgifter om dig: länkar kan skickas vidare.',
    legend: 'Det här har du samtyckt till',
    onlyMail: 'Utan det här får du inga utskick från den här listan.',
    noMail: 'Om du tar bort krysset för alla sorters utskick får du inga fler från den här listan.',
    restEnds: 'Då upphör också resten av det du har samtyckt till här.',
    submit: 'Spara',
    none: (list) => `Du har inget gällande samtycke för ${n(list)} och får inga utskick.`,
    saved: 'Sparat',
    unchanged: 'Ingenting har ändrats.',
    ended: 'Återkallat nu',
    kept: 'Gäller fortfarande',
    allEnded: (list) => `Du får inte längre ${n(list)}.`,
    back: 'Tillbaka till dina val',
  },
  noticePage: {
    title: (list) => `${n(list)}: så används dina uppgifter`,
    intro: (language) =>
      `Exakt så här visas informationen vid anmälan, på ${language}. Den här versionen ändras aldrig; en ny text får en egen adress.`,
    fingerprint: 'Informationens kontrollsumma (SHA-256)',
    text: 'Informationen',
    form: 'Formuläret',
    formHint: 'Så såg det ut innan något hade skrivits. Det kan inte skickas härifrån.',
  },
  errors: {
    400: {
      title: 'Det här gick inte att läsa',
      text: 'Det som skickades kom fram skadat. Ingenting har ändrats. Gå tillbaka och försök igen.',
    },
    404: { title: 'Den sidan finns inte', text: 'Adressen kan vara felstavad, eller så har sidan flyttat.' },
    405: {
      title: 'Det går inte här',
      text: 'Sidan tar inte emot en sådan förfrågan. Ingenting har ändrats.',
    },
    413: {
      title: 'Det var för mycket',
      text: 'Mer skickades än sidan tar emot. Ingenting har sparats. Korta det du skrev och försök igen.',
    },
    415: {
      title: 'Formuläret går inte att läsa',
      text: 'Det kom i ett format som sidan inte känner till. Ingenting har sparats.',
    },
    422: {
      title: 'Något behöver ses över',
      text: 'Sidan kan inte ta emot det som skickades. Ingenting har ändrats. Gå tillbaka och försök igen.',
    },
    429: {
      title: 'För många förfrågningar',
      text: 'Den här togs inte emot, och ingenting har sparats. Försök igen senare.',
    },
    500: {
      title: 'Något gick fel hos oss',
      text: 'Felet är antecknat och ska undersökas. Försök igen om en stund.',
    },
    503: {
      title: 'Inte tillgänglig just nu',
      text: 'Tjänsten startar om eller är överbelastad. Försök igen om en stund.',
    },
  },
  formErrors: {
    address_missing: () => 'Skriv din e-postadress.',
    address_invalid: () => 'Det här ser inte ut som en e-postadress. Den ska se ut som namn@example.com.',
    address_too_long: () =>
      'Adressen är längre än en e-postadress kan vara. Kontrollera att inget extra har följt med.',
    address_control: () =>
      'Adressen innehåller ett tecken som inte syns. Skriv den för hand i stället för att klistra in den.',
    address_dots: () => 'Adressen har två punkter i rad, eller en punkt där det inte får stå någon.',
    address_role: () => 'Adressen hör till en funktion, inte till en person. Använd en personlig adress.',
    address_quoted: () => 'Adresser med citattecken tas inte emot här.',
    address_domain: () => 'Kontrollera det som står efter @. Står det ett komma i stället för en punkt?',
    address_smtputf8: () =>
      'Vi kan inte skicka till den adressen: före @ fungerar här varken å, ä, ö, andra bokstäver med accent eller andra alfabet. Använd en annan adress om du har en.',
    field_required: ({ label }) => `Fyll i ${q(label)}.`,
    number_invalid: ({ label }) => `${q(label)} ska vara ett tal.`,
    date_invalid: ({ label }) => `${q(label)} ska vara ett datum som finns, till exempel 2026-05-03.`,
    choice_invalid: ({ label }) => `Välj ett av alternativen för ${q(label)}.`,
    text_too_long: ({ label, limit }) => `${q(label)} får ha högst ${limit} tecken.`,
    field_unknown: ({ label }) => `Här finns inget fält som heter ${q(label)}.`,
    purpose_unknown: () =>
      'En av rutorna finns inte längre. Kontrollera vad som är ikryssat och skicka formuläret igen.',
    list_unknown: () =>
      'En av listorna finns inte längre. Kontrollera vad som är ikryssat och skicka formuläret igen.',
    locale_unknown: () => 'Formuläret finns inte på det språket.',
    network_limit: ({ limit }) =>
      `Väldigt många anmälningar har kommit från ditt nätverk, och din togs inte emot. Försök igen om ${wait(limit)}.`,
    line_full: () => 'Väldigt många anmälningar väntar just nu, och din togs inte emot. Försök igen senare.',
    too_large: () => 'Mer skickades än formuläret tar emot. Korta dina svar.',
    malformed: () => 'Formuläret kom inte fram helt. Ladda om sidan och försök igen.',
    encoding: () =>
      'Sidan du kom från skickar sitt formulär i en teckenkodning som inte kan läsas här, så bokstäver skulle gå förlorade. Fyll i formuläret nedan i stället.',
    code_missing: () => 'Skriv de sex siffrorna från meddelandet.',
    code_wrong: ({ limit }) =>
      `Det är inte koden i meddelandet. Du har ${counted('sv', limit, { one: 'försök', other: 'försök' })} kvar.`,
    code_used_up: () =>
      'Fel kod har angetts för många gånger, så länken är spärrad. Fyll i formuläret igen för att få en ny.',
    page_expired: () => 'Tryck på knappen en gång till. Ingenting har ändrats än.',
  },
  mail: {
    contact: (contact) => `Kontakt: ${contact}`,
    dpo: ({ address }) => `Dataskyddsombud: ${address}`,
    confirmation: {
      subject: (list) => `Bekräfta din prenumeration på ${n(list)}`,
      subjectOfMany: (controller) => `Bekräfta dina prenumerationer hos ${controller}`,
      heading: (list) => `Vill du prenumerera på ${n(list)}?`,
      headingOfMany: 'Vill du prenumerera på de här nyhetsbreven?',
      asked: (controller, when) =>
        `Den ${when} angavs den här adressen i ett formulär hos ${ended(controller)} Anmälan gällde:`,
      confirm: 'Var det du? Bekräfta här. Innan dess skickas ingenting mer.',
      button: 'Bekräfta',
      code: 'Din kod',
      codeHint: 'Skriv den på sidan som länken öppnar.',
      expires: (when) => `Länken gäller till den ${when}. Om du inte använder den upphör anmälan.`,
      notYou:
        'Var det inte du? Då behöver du inte göra något. Länk för att neka eller spärra fler förfrågningar:',
      refuse: 'Det var inte jag',
      notice: (list) => `Så används dina uppgifter för ${n(list)}:`,
      fallback: 'Länken för att bekräfta, att klistra in i webbläsaren:',
    },
    already: {
      subject: (list) => `Du prenumererar redan på ${n(list)}`,
      heading: 'Du prenumererar redan',
      text: (list, when) =>
        `Den ${when} angavs den här adressen i formuläret för ${n(list)}. Adressen är redan anmäld, så ingenting har ändrats.`,
      rest: 'Du behöver inte göra något, vare sig det var du eller inte.',
      button: 'Se dina val',
      leave: 'Avsluta prenumerationen:',
    },
  },
  footer: {
    why: (list, date) => `Du får ${n(list)} för att du samtyckte till det den ${ended(date)}`,
    whyUndated: (list) => `Du får det här för att du prenumererar på ${n(list)}.`,
    whyPurpose: (purpose, list, date) =>
      `Du får det här utskicket för att du den ${date} samtyckte till ${q(purpose)} (${n(list)}).`,
    whyPurposeUndated: (purpose, list) =>
      `Du får det här utskicket för att du samtyckte till ${q(purpose)} (${n(list)}).`,
    contact: (address) => `Kontakt: ${address}`,
    leave: 'Avsluta prenumerationen',
    preferences: 'Dina val',
  },
  testMark: '[Test]',
  purposes: {
    newsletter: {
      title: 'Nyhetsbrevet med e-post',
      text: 'Vi skickar nyhetsbrevet till dig. Det kan innehålla reklam.',
    },
    opens: {
      title: 'Jag samtycker till att ni mäter om jag öppnar utskicken, så att de blir bättre',
      text: 'En liten bild visar oss att ett utskick har öppnats. Utan ditt ja finns det ingen sådan bild.',
    },
    clicks: {
      title: 'Jag samtycker till att ni mäter vilka länkar jag klickar på, så att utskicken blir bättre',
      text: 'Länkarna går via vår server, så att vi ser vilka av dem du öppnar. Utan ditt ja ändras inte länkarna.',
    },
  },
  notice: svNotice,
}
