// pure · the catalogue in Polish
// Long because a catalogue holds every sentence of its language.
import type { Catalogue } from './catalogue.ts'
import { plNotice } from './notice/pl.ts'
import { ended, quoted } from './typography/marks.ts'
import { counted, waited } from './words.ts'

const q = (name: string): string => quoted('pl', name)
/** Behind `po`. */
const delay = (minutes: number): string =>
  waited('pl', minutes, {
    minute: { one: 'minucie', few: 'minutach', many: 'minutach' },
    hour: { one: 'godzinie', few: 'godzinach', many: 'godzinach' },
  })
/** Behind `za`. */
const wait = (minutes: number): string =>
  waited('pl', minutes, {
    minute: { one: 'minutę', few: 'minuty', many: 'minut' },
    hour: { one: 'godzinę', few: 'godziny', many: 'godzin' },
  })

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
    openAgain: 'Otwórz stronę ponownie',
    start: 'Do strony głównej',
    reference: (id) => `Pisząc do nas w tej sprawie, podaj ten numer: ${id}`,
    trial: 'To instalacja próbna: żadne e-maile nie są stąd wysyłane.',
    mailbox: 'Otwórz skrzynkę z tym, co zostałoby wysłane',
  },
  signup: {
    title: (list) => `Zapisz się na ${q(list)}`,
    email: 'Adres e-mail',
    submit: 'Zapisz się',
    details: 'Wszystko o twoich danych',
    also: 'Może zainteresuje cię też',
    alsoHint: 'Jedną wiadomością potwierdzisz wszystko, co zaznaczysz.',
    honeypot: 'Pozostaw to pole puste',
    didYouMean: (address) => `Czy chodziło o ${address}?`,
    notFound: {
      title: 'Nie ma takiej listy',
      text: 'W adresie strony może być literówka albo lista jest zamknięta. Tutaj nie można się zapisać.',
    },
  },
  sent: {
    title: 'Zajrzyj do skrzynki',
    text: 'Jeśli ten adres działa, wkrótce przyjdzie od nas wiadomość z dalszymi wskazówkami. Do tego czasu nic więcej nie wyślemy.',
    from: (sender) => `Wiadomość przyjdzie od: ${sender}.`,
    subject: 'Jeśli ten adres nie ma jeszcze subskrypcji, temat wiadomości to:',
    otherwise: 'Nie ma wiadomości?',
    spam: 'Zajrzyj do folderu ze spamem.',
    wait: 'Poczekaj kilka minut: niektóre serwery pocztowe się nie spieszą.',
    repeat: ({ second, third }) =>
      `Nadal nic? Wyślij formularz ponownie po ${delay(second)}, a przyjdzie druga wiadomość; po ${delay(third)} przyjdzie trzecia, ostatnia tego dnia. Liczy się tylko najnowsza.`,
    spelling: 'Sprawdź, czy w adresie nie ma literówki.',
    slip: (typed, meant) =>
      `Podany adres kończy się na ${typed}. Jeśli chodziło o ${meant}, popraw go w formularzu.`,
    again: 'Wróć do formularza',
  },
  confirm: {
    title: 'Potwierdź subskrypcję',
    heading: (list) => `Chcesz otrzymywać ${q(list)}?`,
    headingOfMany: 'Chcesz otrzymywać te newslettery?',
    asked: (controller, when) =>
      `${when} twój adres wpisano w formularzu: ${ended(controller)} Zgłoszenie dotyczy:`,
    agree: 'Na co wyrażasz zgodę',
    untick: 'Zanim potwierdzisz, odznacz to, czego nie chcesz.',
    notice: 'Wszystko o twoich danych',
    withdraw: 'Możesz zrezygnować w każdej chwili, klikając link w dowolnej wiadomości.',
    until: (when) => `Potwierdzić można do ${ended(when)}`,
    yes: (list) => `Tak, chcę otrzymywać ${q(list)}`,
    yesToMany: 'Tak, chcę je otrzymywać',
    codeLabel: 'Kod z wiadomości',
    codeHint: 'Sześć cyfr.',
    notMe: 'To nie ja',
    notMeText:
      'W takim razie nic nie trzeba robić: bez twojej zgody nic nie wyślemy. Jeśli odmówisz, od razu zamkniemy zgłoszenie.',
    block: 'Zablokuj kolejne zgłoszenia z tym adresem',
    blockHint: (host) =>
      `Z formularzy pod adresem ${host} nie przyjdzie już do ciebie taka wiadomość, niezależnie od tego, którego newslettera dotyczą.`,
    refuse: 'Odmawiam',
  },
  confirmed: {
    title: 'Potwierdzono',
    heading: 'Dziękujemy. Gotowe.',
    text: (names, count) =>
      count === 1 ? `Subskrypcja ${names} jest aktywna.` : `Subskrypcje ${names} są aktywne.`,
    next: 'Co dalej',
    from: (sender) => `Następna wiadomość przyjdzie z adresu ${sender}.`,
    leave: 'W każdej wiadomości jest link do rezygnacji.',
    choices: 'Zobacz lub zmień swoje zgody',
    proof: 'Dowód twojej zgody',
    proofText:
      'To skrót kryptograficzny wpisu, który dokumentuje twoją zgodę. Nie ma w nim imienia ani adresu. Możesz go zachować.',
  },
  already: {
    title: 'Już potwierdzono',
    text: (names, count) =>
      count === 1
        ? `Subskrypcja ${names} jest już potwierdzona.`
        : `Subskrypcje ${names} są już potwierdzone.`,
    rest: 'Nic więcej nie trzeba robić i nic się nie zmieniło.',
  },
  refused: {
    title: 'Zgłoszenie zamknięte',
    text: 'Odmowa została zapisana. Na podstawie tego zgłoszenia nic nie zostanie wysłane.',
    blocked: (host) =>
      `Z formularzy pod adresem ${host} nie przyjdzie już do ciebie wiadomość do potwierdzenia, niezależnie od tego, którego newslettera dotyczą.`,
    unblock: (contact) => `Jeśli zmienisz zdanie, napisz na adres ${contact}.`,
  },
  expired: {
    title: 'Ten link wygasł',
    text: (when) => `Link działał do ${ended(when)} Zgłoszenie nie zostało potwierdzone.`,
    again: 'Jeśli nadal chcesz się zapisać, wypełnij formularz jeszcze raz, a przyjdzie nowa wiadomość.',
  },
  replaced: {
    title: 'Jest nowsza wiadomość',
    text: 'To zgłoszenie zostało zastąpione nowszym. Otwórz link z najnowszej wiadomości; tego nie można już użyć.',
  },
  left: {
    title: 'Tym linkiem nie można już nic potwierdzić',
    text: 'Zgłoszenie zostało zakończone przed potwierdzeniem. Subskrypcja nie jest aktywna i nic nie zostanie wysłane.',
  },
  unknownLink: {
    title: 'Ten link nie działa',
    text: 'Być może został ucięty. Otwórz go jeszcze raz z wiadomości albo skopiuj w całości.',
    rest: 'Nic się nie zmieniło.',
  },
  signUpAgain: (list) => `Przejdź do formularza ${q(list)}`,
  unsubscribe: {
    title: (list) => `Zrezygnować z subskrypcji ${q(list)}?`,
    text: 'Z tej listy nie przyjdzie więcej żadna wiadomość. Zmiana działa od razu.',
    button: 'Tak, rezygnuję',
    done: 'Gotowe',
    doneText: (list) => `Nie będziesz już otrzymywać ${q(list)}.`,
    underway: 'Wiadomość, która była już w drodze, może jeszcze dotrzeć.',
    mistake: 'To pomyłka? Można zapisać się ponownie.',
    nothing: 'Nie ma z czego rezygnować',
    nothingText: (list) => `Nie subskrybujesz ${q(list)}.`,
  },
  preferences: {
    title: (list) => `Twoje zgody: ${q(list)}`,
    text: 'Odznacz zgody, które chcesz wycofać. Zmiana działa od razu.',
    private:
      'Niczego nie można tu dodać, a strona nie pokazuje żadnych danych o tobie: linki bywają przekazywane dalej.',
    legend: 'Obowiązujące zgody',
    onlyMail: 'Bez tej zgody nie przyjdzie z tej listy żadna wiadomość.',
    noMail: 'Jeśli odznaczysz wszystkie rodzaje wiadomości, nic już z tej listy nie przyjdzie.',
    restEnds: 'Wycofasz wtedy także pozostałe zgody na tej stronie.',
    submit: 'Zapisz',
    none: (list) => `Nie ma obowiązującej zgody na ${q(list)}, więc nic z tej listy nie przychodzi.`,
    saved: 'Zapisano',
    unchanged: 'Nic się nie zmieniło.',
    ended: 'Właśnie wycofane',
    kept: 'Nadal obowiązują',
    allEnded: (list) => `Nie będziesz już otrzymywać ${q(list)}.`,
    back: 'Wróć do swoich zgód',
  },
  noticePage: {
    title: (list) => `${q(list)}: informacja o przetwarzaniu danych`,
    intro: (language) =>
      `Dokładnie w takim brzmieniu ta informacja jest wyświetlana przy zapisie (język: ${language}). Ta wersja się nie zmienia; nowy tekst ma własny adres.`,
    fingerprint: 'Skrót kryptograficzny tej informacji (SHA-256)',
    text: 'Informacja',
    form: 'Formularz',
    formHint: 'Tak wyglądał przed wpisaniem czegokolwiek. Stąd nie można go wysłać.',
  },
  errors: {
    400: {
      title: 'Tego nie da się odczytać',
      text: 'Dane dotarły uszkodzone. Nic się nie zmieniło. Wróć i spróbuj ponownie.',
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
      text: 'Ta strona nie może przyjąć wysłanych danych. Nic się nie zmieniło. Wróć i spróbuj ponownie.',
    },
    429: {
      title: 'Zbyt wiele zapytań',
      text: 'To zapytanie nie zostało przyjęte i nic nie zapisano. Spróbuj ponownie później.',
    },
    500: {
      title: 'Coś się u nas zepsuło',
      text: 'Błąd został zapisany, sprawdzimy go. Spróbuj ponownie za chwilę.',
    },
    503: {
      title: 'Chwilowo niedostępne',
      text: 'Usługa uruchamia się ponownie albo jest przeciążona. Spróbuj ponownie za chwilę.',
    },
  },
  formErrors: {
    address_missing: () => 'Wpisz adres e-mail.',
    address_invalid: () => 'To nie wygląda na adres e-mail. Powinien wyglądać tak: imie@example.com.',
    address_too_long: () =>
      'Ten adres jest dłuższy, niż może być adres e-mail. Sprawdź, czy nie ma w nim czegoś za dużo.',
    address_control: () => 'W adresie jest niewidoczny znak. Zamiast wklejać, wpisz adres ręcznie.',
    address_dots: () => 'W adresie są dwie kropki z rzędu albo kropka w niedozwolonym miejscu.',
    address_role: () => 'To adres ogólny, a nie osobisty. Podaj własny.',
    address_quoted: () => 'Adresy w cudzysłowie nie są tu przyjmowane.',
    address_domain: () => 'Sprawdź część po znaku @. Czy zamiast kropki nie ma przecinka?',
    address_smtputf8: () =>
      'Nie możemy wysyłać na ten adres: przed znakiem @ nie działają tu litery takie jak „ą” i „é” ani inne alfabety. Jeśli masz inny adres, podaj go.',
    field_required: ({ label }) => `Uzupełnij: ${q(label)}.`,
    number_invalid: ({ label }) => `W polu ${q(label)} wpisz liczbę.`,
    date_invalid: ({ label }) => `W polu ${q(label)} wpisz istniejącą datę, na przykład 2026-05-03.`,
    choice_invalid: ({ label }) => `W polu ${q(label)} wybierz jedną z podanych odpowiedzi.`,
    text_too_long: ({ label, limit }) =>
      `Pole ${q(label)} mieści najwyżej ${counted('pl', limit, { one: 'znak', few: 'znaki', many: 'znaków' })}.`,
    field_unknown: ({ label }) => `Nie ma tu pola ${q(label)}.`,
    purpose_unknown: () =>
      'Jedno z zaznaczonych pól nie jest już dostępne. Sprawdź, co jest zaznaczone, i wyślij formularz ponownie.',
    list_unknown: () =>
      'Jedna z list nie jest już dostępna. Sprawdź, co jest zaznaczone, i wyślij formularz ponownie.',
    locale_unknown: () => 'Ten formularz nie jest dostępny w tym języku.',
    network_limit: ({ limit }) =>
      `Z tej sieci przyszło bardzo wiele zgłoszeń i to nie zostało przyjęte. Spróbuj ponownie za ${wait(limit)}.`,
    line_full: () => 'Czeka teraz bardzo wiele zgłoszeń i to nie zostało przyjęte. Spróbuj ponownie później.',
    too_large: () => 'Wysłano więcej, niż ten formularz przyjmuje. Skróć odpowiedzi.',
    malformed: () => 'Formularz dotarł uszkodzony. Odśwież stronę i spróbuj ponownie.',
    encoding: () =>
      'Strona, z której przyszedł formularz, wysyła go w kodowaniu, którego nie da się tu odczytać, więc część liter by zginęła. Wypełnij formularz poniżej.',
    code_missing: () => 'Wpisz sześć cyfr z wiadomości.',
    code_wrong: ({ limit }) =>
      `To nie jest kod z wiadomości. Pozostało: ${counted('pl', limit, { one: 'próba', few: 'próby', many: 'prób' })}.`,
    code_used_up: () =>
      'Błędny kod wpisano zbyt wiele razy, więc link już nie działa. Wypełnij formularz ponownie, aby otrzymać nowy.',
    page_expired: () => 'Naciśnij przycisk jeszcze raz. Nic się jeszcze nie zmieniło.',
  },
  mail: {
    contact: (contact) => `Kontakt: ${contact}`,
    dpo: ({ address }) => `Inspektor ochrony danych: ${address}`,
    confirmation: {
      subject: (list) => `Potwierdź subskrypcję ${q(list)}`,
      subjectOfMany: (controller) => `Potwierdź subskrypcje (${controller})`,
      heading: (list) => `Czy to Ty zapisujesz się na ${q(list)}?`,
      headingOfMany: 'Czy to Ty zapisujesz się na te newslettery?',
      asked: (controller, when) =>
        `${when} ten adres wpisano w formularzu: ${ended(controller)} Zgłoszenie dotyczy:`,
      confirm: 'Jeśli to Ty, potwierdź zapis. Do tego czasu nic więcej nie wyślemy.',
      button: 'Potwierdź',
      code: 'Kod',
      codeHint: 'Wpisz go na stronie, którą otwiera link.',
      expires: (when) => `Link działa do ${when}. Jeśli go nie użyjesz, zgłoszenie wygaśnie.`,
      notYou: 'To nie Ty? Nic nie trzeba robić. Aby odmówić lub zablokować kolejne zgłoszenia:',
      refuse: 'To nie ja',
      notice: (list) => `Jak przetwarzamy Twoje dane (${q(list)}):`,
      fallback: 'Link do potwierdzenia, do wklejenia w przeglądarce:',
    },
    already: {
      subject: (list) => `Subskrypcja ${q(list)} jest już aktywna`,
      heading: 'Ta subskrypcja jest już aktywna',
      text: (list, when) =>
        `${when} ten adres wpisano w formularzu ${q(list)}. Subskrypcja jest już aktywna, więc nic się nie zmieniło.`,
      rest: 'Nie trzeba nic robić, niezależnie od tego, czy to Twoje zgłoszenie.',
      button: 'Zobacz swoje zgody',
      leave: 'Aby zrezygnować:',
    },
  },
  footer: {
    why: (list, date) => `Otrzymujesz ${q(list)} na podstawie zgody z ${ended(date)}`,
    whyUndated: (list) => `Otrzymujesz tę wiadomość, ponieważ subskrybujesz ${q(list)}.`,
    whyPurpose: (purpose, list, date) =>
      `Otrzymujesz tę wiadomość na podstawie zgody ${q(purpose)} (${q(list)}) z ${ended(date)}`,
    whyPurposeUndated: (purpose, list) =>
      `Otrzymujesz tę wiadomość na podstawie zgody ${q(purpose)} (${q(list)}).`,
    contact: (address) => `Kontakt: ${address}`,
    leave: 'Wypisz się',
    preferences: 'Twoje zgody',
  },
  testMark: '[Test]',
  purposes: {
    newsletter: {
      title: 'Newsletter pocztą elektroniczną',
      text: 'Wysyłamy newsletter. Może on zawierać informacje handlowe.',
    },
    opens: {
      title: 'Zgadzam się na pomiar otwarć, który pomaga ulepszać wiadomości',
      text: 'Mały obrazek informuje nas, że wiadomość otwarto. Bez twojej zgody nie ma takiego obrazka.',
    },
    clicks: {
      title: 'Zgadzam się na pomiar kliknięć, który pomaga ulepszać wiadomości',
      text: 'Linki prowadzą przez nasz serwer, dzięki czemu widzimy, które z nich otwierasz. Bez twojej zgody linki pozostają bez zmian.',
    },
  },
  notice: plNotice,
}
