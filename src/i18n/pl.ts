// pure · the catalogue in Polish
import type { Catalogue } from './catalogue.ts'
import { plNotice } from './notice/pl.ts'
import { counted, inMinutes } from './words.ts'

export const pl: Catalogue = {
  language: 'polski',
  page: {
    languages: 'Język',
    privacy: 'Prywatność',
    skip: 'Przejdź do treści',
    optional: 'nieobowiązkowe',
    choose: 'Wybierz',
    errorMark: 'Do sprawdzenia',
    whatToMend: 'Formularz nie został wysłany. Wpisane odpowiedzi są nadal tutaj.',
    reference: (id) => `Pisząc do nas w tej sprawie, podaj ten numer: ${id}`,
  },
  signup: {
    title: (list) => `Zapis na „${list}”`,
    email: 'Adres e-mail',
    submit: 'Zapisz się',
    details: 'Wszystko o twoich danych',
    also: 'Może jeszcze coś',
    alsoHint: 'Jedna wiadomość potwierdza wszystko, co zaznaczysz.',
    honeypot: 'Pozostaw to pole puste',
    didYouMean: (address) => `Czy chodziło o ${address}?`,
    notFound: {
      title: 'Nie ma takiej listy',
      text: 'W adresie strony może być literówka albo lista jest zamknięta. Tutaj nie można się zapisać.',
    },
  },
  sent: {
    title: 'Zajrzyj do skrzynki',
    text: 'Jeśli pod tym adresem można odbierać pocztę, w ciągu minuty przyjdzie od nas wiadomość. Jest w niej napisane, co dalej. Do tego czasu nic więcej nie wyślemy.',
    otherwise: 'Nie ma wiadomości?',
    spam: 'Zajrzyj do folderu ze spamem.',
    wait: 'Poczekaj kilka minut: niektóre serwery pocztowe się nie spieszą.',
    repeat:
      'Nadal nic? Po pięciu minutach formularz wyśle nową wiadomość, a po kolejnej godzinie ostatnią tego dnia. Liczy się tylko najnowsza.',
    spelling: 'Sprawdź, czy w adresie nie było literówki.',
    slip: (typed, meant) =>
      `Podany adres kończy się na ${typed}. Jeśli chodziło o ${meant}, popraw go w formularzu.`,
    again: 'Wróć do formularza',
  },
  confirm: {
    title: 'Potwierdź subskrypcję',
    heading: (list) => `Chcesz dostawać „${list}”?`,
    headingOfMany: 'Chcesz dostawać te wiadomości?',
    asked: (controller, when) =>
      `${when}, twój adres wpisano w formularzu (${controller}). Prośba dotyczyła:`,
    agree: 'Na co się zgadzasz',
    notice: 'Wszystko o twoich danych',
    withdraw: 'Możesz zrezygnować w każdej chwili, jednym kliknięciem w każdej wiadomości.',
    until: (when) => `Ta strona działa do ${when}.`,
    yes: (list) => `Tak, chcę dostawać „${list}”`,
    yesToMany: 'Tak, chcę je dostawać',
    codeLabel: 'Kod z wiadomości',
    codeHint: 'Sześć cyfr.',
    notMe: 'To nie ja',
    notMeText:
      'W takim razie nic nie trzeba robić: bez twojej zgody nic nie wyślemy. Odmowa od razu zamyka prośbę.',
    block: 'Zablokuj dalsze prośby z tym adresem',
    blockHint: (controller) =>
      `Żaden formularz administratora (${controller}) nie wyśle już do ciebie takiej wiadomości.`,
    refuse: 'Odmawiam',
  },
  confirmed: {
    title: 'Potwierdzono',
    heading: 'Dziękujemy. Gotowe.',
    text: (list) => `Subskrypcja „${list}” jest aktywna.`,
    next: 'Co dalej',
    from: (sender) => `Następna wiadomość przyjdzie z adresu ${sender}.`,
    leave: 'W każdej wiadomości jest link do rezygnacji. Wystarczy jedno kliknięcie.',
    choices: 'Zobacz lub zmień swoje zgody',
    proof: 'Dowód twojej zgody',
    whatIsThis: 'Co to jest?',
    proofText:
      'To skrót wpisu, który dokumentuje zgodę. Nie ma w nim imienia ani adresu. Możesz go zachować: dzięki niemu każdy może później sprawdzić, że wpisu nie zmieniono ani nie usunięto.',
  },
  already: {
    title: 'Już potwierdzono',
    text: (list) => `Subskrypcję „${list}” potwierdzono już wcześniej.`,
    rest: 'Nic więcej nie trzeba robić i nic się nie zmieniło.',
  },
  refused: {
    title: 'Prośba jest zamknięta',
    text: 'Odmowa została zapisana. Na podstawie tej prośby nic nie zostanie wysłane.',
    blocked: (controller) =>
      `Od teraz żaden formularz administratora (${controller}) nie wyśle na twój adres wiadomości z prośbą o potwierdzenie.`,
    unblock: (contact) => `Jeśli zmienisz zdanie, napisz na adres ${contact}.`,
  },
  expired: {
    title: 'Ten link wygasł',
    text: (when) => `Działał do ${when}. Subskrypcja nie została rozpoczęta.`,
    again: 'Jeśli nadal jej chcesz, wypełnij formularz jeszcze raz, a przyjdzie nowa wiadomość.',
  },
  replaced: {
    title: 'Jest nowsza wiadomość',
    text: 'Nowsza prośba zastąpiła tę. Otwórz link z najnowszej wiadomości; ten niczego już nie potwierdza.',
  },
  left: {
    title: 'Ten link niczego już nie potwierdza',
    text: 'Prośba została zakończona przed potwierdzeniem. Nie ma subskrypcji i nic nie zostanie wysłane.',
  },
  unknownLink: {
    title: 'Ten link nie działa',
    text: 'Być może został po drodze przecięty. Otwórz go jeszcze raz z wiadomości albo skopiuj w całości.',
    rest: 'Nic się nie zmieniło.',
  },
  signUpAgain: (list) => `Do formularza „${list}”`,
  unsubscribe: {
    title: (list) => `Zrezygnować z „${list}”?`,
    text: 'Z tej listy nie przyjdzie więcej żadna wiadomość. Skutek jest natychmiastowy.',
    button: 'Tak, rezygnuję',
    done: 'Gotowe',
    doneText: (list) => `„${list}” nie będzie już przychodzić.`,
    underway: 'Wiadomość, która była już w drodze, może jeszcze dotrzeć.',
    mistake: 'To pomyłka? Można zapisać się ponownie.',
    nothing: 'Nie ma z czego rezygnować',
    nothingText: (list) => `Nie masz subskrypcji „${list}”.`,
  },
  preferences: {
    title: (list) => `Twoje zgody: „${list}”`,
    text: 'To są twoje zgody. Odznacz to, co ma się skończyć. Skutek jest natychmiastowy.',
    private:
      'Niczego nie można tu dodać, a strona nie pokazuje żadnych danych o tobie: linki bywają przekazywane dalej.',
    legend: 'Zgody, które obowiązują',
    onlyMail: 'Bez tego nie przyjdzie z tej listy żadna wiadomość.',
    noMail: 'Jeśli odznaczysz wszystkie rodzaje wiadomości, z tej listy nic już nie przyjdzie.',
    restEnds: 'Wtedy kończą się też pozostałe zgody na tej stronie.',
    submit: 'Zapisz',
    none: (list) => `Dla „${list}” nie obowiązuje żadna twoja zgoda i nic z tej listy nie przychodzi.`,
    saved: 'Zapisano',
    unchanged: 'Nic się nie zmieniło.',
    ended: 'Właśnie zakończone',
    kept: 'Nadal obowiązuje',
    allEnded: (list) => `„${list}” nie będzie już przychodzić.`,
    back: 'Wróć do swoich zgód',
  },
  noticePage: {
    title: (list) => `„${list}”: informacja o danych`,
    intro: (language) =>
      `To jest informacja, słowo w słowo, wyświetlana przy zapisie (język: ${language}). Nigdy się nie zmienia; nowy tekst ma własny adres.`,
    fingerprint: 'Skrót tej informacji (SHA-256)',
    text: 'Informacja',
    form: 'Formularz',
    formHint: 'Tak wyglądał przed wpisaniem czegokolwiek. Stąd nie można go wysłać.',
  },
  errors: {
    400: {
      title: 'Tego nie da się odczytać',
      text: 'Coś w zapytaniu jest zniekształcone. Nic się nie zmieniło. Wróć i spróbuj ponownie.',
    },
    404: {
      title: 'Nie ma takiej strony',
      text: 'W adresie może być literówka albo strona została przeniesiona.',
    },
    405: {
      title: 'Tutaj to niemożliwe',
      text: 'Ta strona nie przyjmuje takich zapytań. Nic się nie zmieniło.',
    },
    413: {
      title: 'To za dużo',
      text: 'Wysłano więcej, niż ta strona przyjmuje. Nic nie zapisano. Skróć odpowiedzi i spróbuj ponownie.',
    },
    415: {
      title: 'Tego formularza nie da się odczytać',
      text: 'Przyszedł w nieznanym formacie. Nic nie zapisano.',
    },
    422: {
      title: 'Coś wymaga sprawdzenia',
      text: 'To, co wysłano, nie pasuje do tej strony. Nic się nie zmieniło. Wróć i spróbuj ponownie.',
    },
    429: {
      title: 'Chwileczkę',
      text: 'Naraz przyszło zbyt wiele zapytań. Nic nie zapisano. Spróbuj ponownie później.',
    },
    500: {
      title: 'Coś się u nas zepsuło',
      text: 'Błąd został odnotowany i będzie zbadany. Spróbuj ponownie za chwilę.',
    },
    503: {
      title: 'Chwilowo niedostępne',
      text: 'Usługa uruchamia się ponownie albo jest przeciążona. Spróbuj za minutę.',
    },
  },
  formErrors: {
    address_missing: () => 'Wpisz adres e-mail.',
    address_invalid: () => 'To nie wygląda na adres e-mail. Powinien wyglądać tak: imie@example.com.',
    address_too_long: () =>
      'Ten adres jest dłuższy, niż może być adres e-mail. Sprawdź, czy nie ma w nim czegoś za dużo.',
    address_control: () => 'W adresie jest niewidoczny znak. Zamiast wklejać, wpisz adres ręcznie.',
    address_dots: () => 'W adresie są dwie kropki z rzędu albo kropka w niedozwolonym miejscu.',
    address_role: () => 'Ten adres należy do funkcji, a nie do osoby. Podaj własny.',
    address_quoted: () => 'Adresy w cudzysłowie nie są tu przyjmowane.',
    address_domain: () => 'Po znaku @ nie ma domeny, która może odbierać pocztę. Sprawdź pisownię.',
    address_smtputf8: () =>
      'Nie możemy wysyłać na ten adres: przed znakiem @ działają tu tylko litery od a do z. Jeśli masz inny adres, podaj go.',
    field_required: ({ label }) => `Uzupełnij: „${label}”.`,
    number_invalid: ({ label }) => `W polu „${label}” wpisz liczbę.`,
    date_invalid: ({ label }) => `W polu „${label}” wpisz istniejącą datę, na przykład 2026-05-03.`,
    choice_invalid: ({ label }) => `W polu „${label}” wybierz jedną z podanych odpowiedzi.`,
    text_too_long: ({ label, limit }) =>
      `Pole „${label}” mieści najwyżej ${counted('pl', limit, { one: 'znak', few: 'znaki', many: 'znaków' })}.`,
    field_unknown: ({ label }) => `Nie ma tu pola „${label}”.`,
    purpose_unknown: () =>
      'Jedno z zaznaczonych pól nie jest już dostępne. Sprawdź, co jest zaznaczone, i wyślij formularz ponownie.',
    list_unknown: () =>
      'Jedna z list nie jest już dostępna. Sprawdź, co jest zaznaczone, i wyślij formularz ponownie.',
    locale_unknown: () => 'Ten formularz nie jest dostępny w tym języku.',
    network_limit: ({ limit }) =>
      `Z tej sieci przyszło bardzo wiele zapisów i ten nie został przyjęty. Spróbuj ponownie za ${counted('pl', ...inMinutes(limit, { one: 'minutę', few: 'minuty', many: 'minut' }, { one: 'godzinę', few: 'godziny', many: 'godzin' }))}.`,
    line_full: () => 'Czeka teraz bardzo wiele zapisów i ten nie został przyjęty. Spróbuj ponownie później.',
    too_large: () => 'Wysłano więcej, niż ten formularz przyjmuje. Skróć odpowiedzi.',
    malformed: () => 'Formularz dotarł zniekształcony. Odśwież stronę i spróbuj ponownie.',
    encoding: () =>
      'Strona, z której przyszedł formularz, wysyła go w kodowaniu, którego nie da się tu odczytać, więc część liter by zginęła. Wypełnij formularz poniżej.',
    code_missing: () => 'Wpisz sześć cyfr z wiadomości.',
    code_wrong: ({ limit }) =>
      `To nie jest kod z wiadomości. Pozostało: ${counted('pl', limit, { one: 'próba', few: 'próby', many: 'prób' })}.`,
    code_used_up: () =>
      'Kod był błędny zbyt wiele razy, więc link jest zamknięty. Wypełnij formularz ponownie, aby dostać nowy.',
    page_expired: () => 'Naciśnij przycisk jeszcze raz. Nic się jeszcze nie zmieniło.',
  },
  mail: {
    contact: (contact) => `Kontakt: ${contact}`,
    dpo: (address) => `Inspektor ochrony danych: ${address}`,
    confirmation: {
      subject: (list) => `Potwierdź subskrypcję „${list}”`,
      subjectOfMany: (controller) => `Potwierdź subskrypcje (${controller})`,
      heading: 'Czy to twoja prośba?',
      asked: (controller, when) =>
        `${when}, ten adres wpisano w formularzu (${controller}). Prośba dotyczyła:`,
      confirm: 'Jeśli to twoja prośba, potwierdź ją. Do tego czasu nic więcej nie wyślemy.',
      button: 'Potwierdź',
      code: 'Kod',
      codeHint: 'Wpisz go na stronie, którą otwiera link.',
      expires: (when) => `Link działa do ${when}. Jeśli nie zostanie użyty, adres będzie usunięty.`,
      notYou: 'To nie twoja prośba? Nic nie trzeba robić. Aby odmówić lub zablokować kolejne prośby:',
      refuse: 'To nie ja',
      notice: (list) => `Jak używane są dane („${list}”):`,
      fallback: 'Jeśli przycisk nie działa, skopiuj ten adres do przeglądarki:',
    },
    already: {
      subject: (list) => `Masz już subskrypcję „${list}”`,
      heading: 'Ta subskrypcja już działa',
      text: (list, when) =>
        `${when}, ten adres wpisano w formularzu „${list}”. Subskrypcja już działa, więc nic się nie zmieniło.`,
      rest: 'Jeśli to twoja prośba, nic nie trzeba robić. Jeśli nie, też nic nie trzeba robić.',
      button: 'Zobacz swoje zgody',
      leave: 'Aby zrezygnować:',
    },
  },
  footer: {
    why: (list, date) => `„${list}” przychodzi za twoją zgodą. Data zgody: ${date}.`,
    whyUndated: (list) => `Ta wiadomość przychodzi, ponieważ masz subskrypcję „${list}”.`,
    leave: 'Rezygnacja',
    preferences: 'Twoje zgody',
  },
  testMark: '[Test]',
  purposes: {
    newsletter: { title: 'Newsletter', text: 'Wysyłamy newsletter pocztą elektroniczną.' },
    opens: {
      title: 'Pomiar otwarć wiadomości, aby były lepsze',
      text: 'Mały obrazek informuje nas, że wiadomość otwarto. Bez twojej zgody nie ma takiego obrazka.',
    },
    clicks: {
      title: 'Pomiar klikanych linków, aby wiadomości były lepsze',
      text: 'Linki prowadzą przez nasz serwer, dzięki czemu widać, co się przydało. Bez twojej zgody linki pozostają bez zmian.',
    },
  },
  notice: plNotice,
}
