// pure · the catalogue in Swedish
import type { Catalogue } from './catalogue.ts'
import { svNotice } from './notice/sv.ts'
import { counted, inMinutes } from './words.ts'

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
    reference: (id) => `Om du skriver till oss om detta, ange den här referensen: ${id}`,
  },
  signup: {
    title: (list) => `Prenumerera på ${list}`,
    email: 'E-post',
    submit: 'Prenumerera',
    details: 'Allt om dina uppgifter',
    also: 'Något mer som du kanske vill ha',
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
    text: 'Om adressen kan ta emot e-post kommer ett meddelande från oss inom en minut. Där står hur du gör klart. Innan dess skickas ingenting mer.',
    otherwise: 'Inget meddelande?',
    spam: 'Titta i skräpposten.',
    wait: 'Vänta några minuter. En del e-postservrar tar tid på sig.',
    repeat:
      'Fortfarande inget? Efter fem minuter skickar formuläret ett nytt meddelande, och efter ytterligare en timme ett sista för dagen. Bara det senaste gäller.',
    spelling: 'Kontrollera att adressen var rättstavad.',
    slip: (typed, meant) => `Du angav en adress hos ${typed}. Om du menade ${meant}, rätta den i formuläret.`,
    again: 'Tillbaka till formuläret',
  },
  confirm: {
    title: 'Bekräfta din prenumeration',
    heading: (list) => `Vill du ha ${list}?`,
    headingOfMany: 'Vill du ha de här?',
    asked: (controller, when) =>
      `Den ${when} angavs din adress i ett formulär hos ${controller}. Det här efterfrågades:`,
    agree: 'Vad du går med på',
    notice: 'Allt om dina uppgifter',
    withdraw: 'Du kan sluta när som helst, med ett klick i varje utskick.',
    until: (when) => `Sidan kan användas till den ${when}.`,
    yes: (list) => `Ja, skicka ${list} till mig`,
    yesToMany: 'Ja, skicka dem till mig',
    codeLabel: 'Koden i meddelandet',
    codeHint: 'Sex siffror.',
    notMe: 'Det var inte jag',
    notMeText:
      'Då behöver du inte göra något: utan ditt ja skickas ingenting. Om du nekar stängs förfrågan genast.',
    block: 'Låt ingen fråga efter den här adressen igen',
    blockHint: (controller) =>
      `Inget formulär hos ${controller} skickar då ett sådant här meddelande till dig.`,
    refuse: 'Neka',
  },
  confirmed: {
    title: 'Bekräftat',
    heading: 'Tack. Nu är det klart.',
    text: (list) => `Du prenumererar på ${list}.`,
    next: 'Vad som händer nu',
    from: (sender) => `Nästa utskick kommer från ${sender}.`,
    leave: 'I varje utskick finns en länk för att sluta. Det räcker med ett klick.',
    choices: 'Se eller ändra det du har gått med på',
    proof: 'Bevis på ditt samtycke',
    whatIsThis: 'Vad är det här?',
    proofText:
      'Fingeravtrycket av den loggpost som visar ditt samtycke. Det innehåller varken ditt namn eller din adress. Spara det om du vill: med det kan vem som helst senare kontrollera att posten inte har ändrats eller tagits bort.',
  },
  already: {
    title: 'Redan bekräftat',
    text: (list) => `Du har redan bekräftat ${list}.`,
    rest: 'Inget mer behövs, och ingenting har ändrats.',
  },
  refused: {
    title: 'Förfrågan är stängd',
    text: 'Det är antecknat att du inte ville ha det här. Ingenting skickas på grund av den.',
    blocked: (controller) =>
      `Från och med nu skickar inget formulär hos ${controller} något bekräftelsemeddelande till din adress.`,
    unblock: (contact) => `Om du ändrar dig, skriv till ${contact}.`,
  },
  expired: {
    title: 'Länken har gått ut',
    text: (when) => `Den gällde till den ${when}. Ingen prenumeration har börjat.`,
    again: 'Om du fortfarande vill ha utskicken fyller du i formuläret igen, så kommer ett nytt meddelande.',
  },
  replaced: {
    title: 'Det finns ett nyare meddelande',
    text: 'En nyare förfrågan har ersatt den här. Öppna länken i det senaste meddelandet; den här bekräftar inte längre något.',
  },
  left: {
    title: 'Länken bekräftar inte längre något',
    text: 'Förfrågan avslutades innan den hade bekräftats. Du prenumererar inte, och ingenting skickas.',
  },
  unknownLink: {
    title: 'Länken fungerar inte',
    text: 'Den kan ha gått av på vägen. Öppna den igen från meddelandet, eller kopiera den i sin helhet.',
    rest: 'Ingenting har ändrats.',
  },
  signUpAgain: (list) => `Till formuläret för ${list}`,
  unsubscribe: {
    title: (list) => `Sluta få ${list}?`,
    text: 'Du får inga fler utskick från den här listan. Det gäller genast.',
    button: 'Ja, sluta skicka',
    done: 'Klart',
    doneText: (list) => `Du får inte ${list} längre.`,
    underway: 'Ett utskick som redan var på väg kan ändå komma fram.',
    mistake: 'Blev det fel? Du kan anmäla dig igen.',
    nothing: 'Det finns inget att avsluta',
    nothingText: (list) => `Du prenumererar inte på ${list}.`,
  },
  preferences: {
    title: (list) => `Dina val för ${list}`,
    text: 'Det här har du gått med på. Ta bort krysset för det som ska upphöra, så gäller det genast.',
    private:
      'Här kan ingenting läggas till, och sidan visar inga uppgifter om dig: länkar kan skickas vidare.',
    legend: 'Du har gått med på',
    onlyMail: 'Utan det här får du inga utskick från den här listan.',
    noMail: 'Om du tar bort krysset för alla sorters utskick får du inga fler från den här listan.',
    restEnds: 'Då upphör också resten av det du har gått med på här.',
    submit: 'Spara',
    none: (list) => `Du har inget samtycke som gäller för ${list}, och får ingenting därifrån.`,
    saved: 'Sparat',
    unchanged: 'Ingenting har ändrats.',
    ended: 'Upphörde nyss',
    kept: 'Gäller fortfarande',
    allEnded: (list) => `Du får inte ${list} längre.`,
    back: 'Tillbaka till dina val',
  },
  noticePage: {
    title: (list) => `${list}: det du fick veta`,
    intro: (language) =>
      `Det här är informationen, ord för ord, som den visades vid anmälan på ${language}. Den ändras aldrig; en ny text får en egen adress.`,
    fingerprint: 'Informationens fingeravtryck (SHA-256)',
    text: 'Informationen',
    form: 'Formuläret',
    formHint: 'Så såg det ut innan något hade skrivits. Det kan inte skickas härifrån.',
  },
  errors: {
    400: {
      title: 'Det här gick inte att läsa',
      text: 'Något i förfrågan var förvanskat. Ingenting har ändrats. Gå tillbaka och försök igen.',
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
      text: 'Det som skickades passar inte sidan. Ingenting har ändrats. Gå tillbaka och försök igen.',
    },
    429: {
      title: 'Ett ögonblick',
      text: 'För många förfrågningar kom på en gång. Ingenting har sparats. Försök igen senare.',
    },
    500: {
      title: 'Något gick sönder hos oss',
      text: 'Felet är antecknat och ska undersökas. Försök igen om en stund.',
    },
    503: {
      title: 'Inte tillgänglig just nu',
      text: 'Tjänsten startar om eller är överbelastad. Försök igen om en minut.',
    },
  },
  formErrors: {
    address_missing: () => 'Skriv din e-postadress.',
    address_invalid: () => 'Det här ser inte ut som en e-postadress. Den ska se ut som namn@example.com.',
    address_too_long: () =>
      'Adressen är längre än en e-postadress kan vara. Se efter om något ord är för mycket.',
    address_control: () =>
      'Adressen innehåller ett tecken som inte syns. Skriv den för hand i stället för att klistra in den.',
    address_dots: () => 'Adressen har två punkter i rad, eller en punkt där ingen kan stå.',
    address_role: () => 'Adressen hör till en funktion, inte till en person. Använd en egen.',
    address_quoted: () => 'Adresser med citattecken tas inte emot här.',
    address_domain: () =>
      'Det som står efter @ är ingen domän som kan ta emot e-post. Kontrollera stavningen.',
    address_smtputf8: () =>
      'Vi kan inte skicka till den adressen: före @ fungerar här bara bokstäverna a till z. Använd en annan om du har en.',
    field_required: ({ label }) => `”${label}” behövs.`,
    number_invalid: ({ label }) => `”${label}” ska vara ett tal.`,
    date_invalid: ({ label }) => `”${label}” ska vara ett datum som finns, till exempel 2026-05-03.`,
    choice_invalid: ({ label }) => `Välj ett av svaren som finns för ”${label}”.`,
    text_too_long: ({ label, limit }) => `”${label}” får ha högst ${limit} tecken.`,
    field_unknown: ({ label }) => `Här finns inget fält som heter ”${label}”.`,
    purpose_unknown: () =>
      'En av rutorna finns inte längre. Kontrollera vad som är ikryssat och skicka formuläret igen.',
    list_unknown: () =>
      'En av listorna finns inte längre. Kontrollera vad som är ikryssat och skicka formuläret igen.',
    locale_unknown: () => 'Formuläret finns inte på det språket.',
    network_limit: ({ limit }) =>
      `Väldigt många anmälningar har kommit från ditt nätverk, och din togs inte emot. Försök igen om ${counted('sv', ...inMinutes(limit, { one: 'minut', other: 'minuter' }, { one: 'timme', other: 'timmar' }))}.`,
    line_full: () => 'Väldigt många anmälningar väntar just nu, och din togs inte emot. Försök igen senare.',
    too_large: () => 'Mer skickades än formuläret tar emot. Korta dina svar.',
    malformed: () => 'Formuläret kom fram förvanskat. Ladda om sidan och försök igen.',
    encoding: () =>
      'Sidan du kom från skickar sitt formulär i en teckenkodning som inte kan läsas här, så bokstäver skulle gå förlorade. Fyll i formuläret nedan i stället.',
    code_missing: () => 'Skriv de sex siffrorna från meddelandet.',
    code_wrong: ({ limit }) =>
      `Det är inte koden i meddelandet. Du har ${counted('sv', limit, { one: 'försök', other: 'försök' })} kvar.`,
    code_used_up: () =>
      'Koden blev fel för många gånger, så länken är stängd. Fyll i formuläret igen för att få en ny.',
    page_expired: () => 'Tryck på knappen en gång till. Ingenting har ändrats än.',
  },
  mail: {
    contact: (contact) => `Kontakt: ${contact}`,
    dpo: (address) => `Dataskyddsombud: ${address}`,
    confirmation: {
      subject: (list) => `Bekräfta din prenumeration på ${list}`,
      subjectOfMany: (controller) => `Bekräfta dina prenumerationer hos ${controller}`,
      heading: 'Var det du som bad om det här?',
      asked: (controller, when) =>
        `Den ${when} angavs den här adressen i ett formulär hos ${controller}. Det här efterfrågades:`,
      confirm: 'Om det var du, bekräfta det. Innan dess skickas ingenting mer.',
      button: 'Bekräfta',
      code: 'Din kod',
      codeHint: 'Skriv den på sidan som länken öppnar.',
      expires: (when) => `Länken gäller till den ${when}. Används den inte raderas adressen.`,
      notYou:
        'Var det inte du? Då behöver du inte göra något. För att neka, eller spärra fler förfrågningar:',
      refuse: 'Det var inte jag',
      notice: (list) => `Så används dina uppgifter för ${list}:`,
      fallback: 'Om knappen inte fungerar, kopiera den här adressen till webbläsaren:',
    },
    already: {
      subject: (list) => `Du prenumererar redan på ${list}`,
      heading: 'Du prenumererar redan',
      text: (list, when) =>
        `Den ${when} angavs den här adressen i formuläret för ${list}. Den prenumererar redan, så ingenting har ändrats.`,
      rest: 'Om det var du finns det inget att göra. Om det inte var du behöver du inte heller göra något.',
      button: 'Se dina val',
      leave: 'För att sluta:',
    },
  },
  footer: {
    why: (list, date) => `Du får ${list} för att du har gått med på det. Du samtyckte den ${date}.`,
    whyUndated: (list) => `Du får det här för att du prenumererar på ${list}.`,
    leave: 'Avsluta prenumerationen',
    preferences: 'Dina val',
  },
  testMark: '[Test]',
  purposes: {
    newsletter: { title: 'Nyhetsbrevet', text: 'Vi skickar nyhetsbrevet till dig med e-post.' },
    opens: {
      title: 'Mät om jag öppnar breven, så att de blir bättre',
      text: 'En liten bild visar oss att ett brev har öppnats. Utan ditt ja finns det ingen sådan bild.',
    },
    clicks: {
      title: 'Mät vilka länkar jag klickar på, så att breven blir bättre',
      text: 'Länkarna går via vår server, så att vi ser vad du hade nytta av. Utan ditt ja är länkarna orörda.',
    },
  },
  notice: svNotice,
}
