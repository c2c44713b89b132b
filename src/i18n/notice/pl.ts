// pure · the notice in Polish
import { counted } from '../words.ts'
import type { NoticeTexts } from './texts.ts'

/** After "przez": the accusative. */
const months = (count: number): string =>
  counted('pl', count, { one: 'miesiąc', few: 'miesiące', many: 'miesięcy' })
const years = (count: number): string => counted('pl', count, { one: 'rok', few: 'lata', many: 'lat' })
const span = (hours: number): string =>
  hours % 24 === 0
    ? counted('pl', hours / 24, { one: 'dzień', few: 'dni', many: 'dni' })
    : counted('pl', hours, { one: 'godzinę', few: 'godziny', many: 'godzin' })

export const plNotice: NoticeTexts = {
  quoted: (text) => `„${text}”`,
  titles: {
    controller: 'Kto odpowiada za dane',
    dpo: 'Inspektor ochrony danych',
    purposes: 'O co pytamy, po co i na jakiej podstawie',
    legitimate_interests: 'Co opiera się na naszym interesie',
    obligation: 'Co trzeba podać',
    frequency: 'Co będzie przychodzić i jak często',
    recipients: 'Kto jeszcze otrzymuje dane',
    transfers: 'Przekazywanie do innych krajów',
    storage: 'Jak długo przechowujemy dane',
    tracking: 'Pomiary',
    double_opt_in: 'Potwierdzenie i dowód, który zachowujemy',
    ip_storage: 'Adres IP i przeglądarka',
    ledger: 'Dziennik zgód i to, co w nim pozostaje',
    age: 'Wiek',
    withdrawal: 'Jak zrezygnować',
    objection: 'Prawo sprzeciwu',
    rights: 'Twoje prawa',
    complaint: 'Skarga',
    automated: 'Decyzje automatyczne',
    further_use: 'Inne wykorzystanie danych',
  },
  short: ({ controller, list }) => [
    `${controller} przechowuje twój adres, aby wysyłać „${list}”, dopóki nie powiesz „dość”.`,
    'Możesz zrezygnować w każdej chwili, jednym kliknięciem w każdej wiadomości.',
  ],
  shortAge: (age) => `Dla osób, które mają co najmniej ${years(age)}.`,
  basis: {
    consent: { words: 'twoja zgoda', gdpr: 'art. 6 ust. 1 lit. a RODO' },
    contract: { words: 'umowa z tobą', gdpr: 'art. 6 ust. 1 lit. b RODO' },
    legal_obligation: { words: 'obowiązek prawny', gdpr: 'art. 6 ust. 1 lit. c RODO' },
    legitimate_interest: { words: 'nasz prawnie uzasadniony interes', gdpr: 'art. 6 ust. 1 lit. f RODO' },
  },
  controller: ({ name, address, contact }) => [
    `Administratorem danych jest ${name}, ${address}. To administrator decyduje, po co i jak dane są używane.`,
    `Kontakt: ${contact}.`,
  ],
  dpo: (address) => `Adres inspektora ochrony danych: ${address}.`,
  noDpo: (contact) =>
    `Nie wyznaczono inspektora ochrony danych. Na pytania o dane odpowiadamy pod adresem ${contact}.`,
  address: (list) => `Adres e-mail służy do wysyłania „${list}”.`,
  purpose: ({ title, text, basis }) => `${title}. ${text} Podstawa: ${basis}.`,
  field: ({ label, purpose, basis, optional }) =>
    `${label} (${optional}): służy celowi „${purpose}”. Podstawa: ${basis}.`,
  optional: 'nieobowiązkowe',
  required: 'potrzebne',
  sensitive: 'To informacja wrażliwa. Podaj ją tylko wtedy, gdy chcesz, żebyśmy z niej korzystali.',
  operations:
    'Dane są zbierane, przechowywane, używane do tego, co tu opisano, a potem usuwane. Nic innego się z nimi nie dzieje.',
  legitimateInterests: (basis) =>
    `Dwie czynności mają jako podstawę: ${basis}. To ochrona formularza przed nadużyciami oraz przechowywanie dowodu zgody, aby można było wykazać, że została udzielona.`,
  legitimateFields: (labels) => `Na tej samej podstawie używane są odpowiedzi: ${labels}.`,
  obligation: (list) =>
    `Podanie danych jest dobrowolne. Bez adresu nie możemy wysyłać „${list}”. Odpowiedzi i pola oznaczone jako nieobowiązkowe mogą pozostać puste i niczego innego to nie zmienia.`,
  obligationFields: (labels) => `Formularz wymaga też odpowiedzi: ${labels}.`,
  frequencyUnknown: 'Nie obiecujemy stałego rytmu.',
  noRecipients: (controller) => `Nikt poza administratorem (${controller}) nie otrzymuje danych.`,
  recipients: 'Dane otrzymują, każdy tylko w zakresie swojego zadania:',
  recipient: ({ name, country, role }) => `${name} (${country}): ${role}.`,
  noTransfers: {
    eea: 'Żaden odbiorca nie znajduje się poza Europejskim Obszarem Gospodarczym.',
    home: 'Żaden odbiorca nie znajduje się poza krajem administratora.',
  },
  transfer: ({ name, country, safeguard }) => `${name} (${country}). Zabezpieczenie: ${safeguard}.`,
  transferUnsecured: ({ name, country }) => `${name} (${country}). O zabezpieczenia można nas zapytać.`,
  transferCopy: (contact) =>
    `Dane trafiają też do tych krajów. Kopię zabezpieczeń można otrzymać pod adresem ${contact}.`,
  storageActive: (count) =>
    `Adres i odpowiedzi: do chwili rezygnacji albo do czasu, gdy przez ${months(count)} nie będzie żadnego twojego działania.`,
  storageUnconfirmed: (hours) =>
    `Bez potwierdzenia: link działa przez ${span(hours)}, a w ciągu kolejnych 24 godzin dane są usuwane.`,
  storageEvidence: (count) =>
    `Dowód zgody: przez ${years(count)} od jej ustania, do końca tego roku kalendarzowego. Jest zaszyfrowany i otwierany tylko z podanego powodu.`,
  storageDeliveries: (count) => `Zapis każdej wysłanej wiadomości: przez ${months(count)}, potem tylko sumy.`,
  storageLimits: 'Skróty chroniące formularz przed nadużyciami: sieci przez 48 godzin, adresu przez 90 dni.',
  storageSuppression:
    'Po zablokowaniu lub usunięciu adresu: jego skrót utworzony z użyciem klucza, tak długo, jak wysyłamy newslettery, aby nikt nie dodał go ponownie przez pomyłkę.',
  tracking: {
    none: 'Nie mierzymy, czy wiadomości są otwierane ani czy linki są klikane. Nie ma ukrytych obrazków, a linki pozostają bez zmian.',
    aggregate:
      'Kliknięcia są liczone tylko łącznie. Link jest taki sam dla wszystkich, więc nie widać, kto kliknął.',
  },
  trackingIndividual: (purposes) =>
    `Tylko za twoją zgodą: ${purposes}. U wszystkich innych nie ma ukrytego obrazka, a linki pozostają bez zmian.`,
  trackingLater: (purposes) =>
    `Dziś niczego nie mierzymy. Jeśli pomiary się zaczną, obejmą tylko osoby, które się na to zgodzą: ${purposes}.`,
  doubleOptIn: [
    'Po wysłaniu formularza na podany adres przychodzi jedna wiadomość. Subskrypcja zaczyna się dopiero po potwierdzeniu jej w tej wiadomości.',
    'Jako dowód zachowujemy: adres w takiej postaci, w jakiej go wpisano, wyświetlone słowa, zaznaczone pola, stronę, na której był formularz, czas zapisu i potwierdzenia oraz to, jak długo te strony były otwarte, a także oznaczenie wiadomości z prośbą o potwierdzenie i informację o jej doręczeniu. Wszystko jest zaszyfrowane osobnym kluczem.',
  ],
  ip: {
    none: 'Ani adres IP, ani nazwa przeglądarki nie są przechowywane razem ze zgodą.',
    truncated:
      'Adres IP bez ostatniej części i nazwa, którą podaje przeglądarka, są przechowywane razem z dowodem.',
    full: 'Cały adres IP i nazwa, którą podaje przeglądarka, są przechowywane razem z dowodem.',
  },
  ledger: [
    'Każdy krok (prośba, potwierdzenie, zakończenie) trafia do dziennika, którego nie da się później zmienić. Wpis nie zawiera imienia ani adresu, a tylko pieczęć utworzoną kluczem należącym do twojej subskrypcji.',
    'Gdy dane są usuwane, ten klucz jest niszczony. Wpis pozostaje, ale nikt już nie powiąże go z tobą. Musi pozostać, aby każdy mógł sprawdzić, że niczego nie zmieniono ani nie pominięto.',
  ],
  age: (age) =>
    `Lista jest przeznaczona dla osób, które mają co najmniej ${years(age)}. Jeśli masz mniej, nie zapisuj się bez rodzica lub opiekuna.`,
  noAge: 'Lista nie ma granicy wieku.',
  withdrawal: (contact) => [
    `Zgodę można wycofać w każdej chwili: linkiem w każdej wiadomości albo pisząc na adres ${contact}. Skutek jest natychmiastowy.`,
    'To, co działo się wcześniej, pozostaje zgodne z prawem. Każdą zgodę można zakończyć osobno.',
  ],
  objection: (contact) =>
    `W każdej chwili, bez podawania przyczyny, możesz sprzeciwić się używaniu danych do marketingu bezpośredniego. Wystarczy napisać na adres ${contact} albo użyć linku w dowolnej wiadomości.`,
  rights: (contact) => [
    'Możesz zobaczyć swoje dane i otrzymać ich kopię, poprawić je lub usunąć, ograniczyć ich używanie, otrzymać podane dane w postaci czytelnej dla maszyn oraz sprzeciwić się ich używaniu.',
    `Napisz na adres ${contact}. Odpowiedź przyjdzie w ciągu miesiąca i nic nie kosztuje.`,
  ],
  complaint: (authority) => `Skargę można wnieść do organu nadzorczego: ${authority}.`,
  complaintUsual: 'organ ochrony danych w twoim kraju',
  complaintElsewhere: 'Można też zwrócić się do organu właściwego dla miejsca zamieszkania lub pracy.',
  automated: 'Żadna decyzja o skutkach prawnych lub podobnych nie jest podejmowana wyłącznie przez maszynę.',
  furtherUse:
    'Jeśli dane miałyby posłużyć do czegoś innego, najpierw o tym powiemy, a tam, gdzie potrzebna jest zgoda, zapytamy o nią.',
}
