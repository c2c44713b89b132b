// pure · the notice in Polish
import { quoted } from '../typography/marks.ts'
import { counted } from '../words.ts'
import type { NoticeTexts } from './texts.ts'

const years = (count: number): string => counted('pl', count, { one: 'rok', few: 'lata', many: 'lat' })
/** After "przez": the accusative. */
const hoursOf = (count: number): string =>
  counted('pl', count, { one: 'godzinę', few: 'godziny', many: 'godzin' })
const days = (count: number): string => counted('pl', count, { one: 'dzień', few: 'dni', many: 'dni' })
const span = (hours: number): string => (hours % 24 === 0 ? days(hours / 24) : hoursOf(hours))

const inLaw = (law: string | null): string => (law === null ? '' : ` (art. 9 ${law})`)

export const plNotice: NoticeTexts = {
  quoted: (text) => quoted('pl', text),
  titles: {
    controller: 'Administrator danych',
    dpo: 'Inspektor ochrony danych',
    purposes: 'O co pytamy, po co i na jakiej podstawie prawnej',
    legitimate_interests: 'Co robimy na podstawie prawnie uzasadnionego interesu',
    obligation: 'Co trzeba podać',
    frequency: 'Co będziesz otrzymywać i jak często',
    recipients: 'Kto jeszcze otrzymuje dane',
    transfers: 'Przekazywanie danych do państw trzecich',
    storage: 'Jak długo przechowujemy dane',
    tracking: 'Pomiary',
    double_opt_in: 'Potwierdzenie i dowód, który zachowujemy',
    ip_storage: 'Adres IP i przeglądarka',
    ledger: 'Dziennik zgód i to, co w nim pozostaje',
    age: 'Wiek',
    withdrawal: 'Jak zrezygnować',
    objection: 'Prawo do sprzeciwu',
    rights: 'Twoje prawa',
    complaint: 'Skarga',
    automated: 'Zautomatyzowane podejmowanie decyzji',
    further_use: 'Inne wykorzystanie danych',
  },
  laws: { eu: 'RODO', uk: 'UK GDPR' },
  short: ({ controller, list }) => [
    `Zapisując się, wyrażasz zgodę na otrzymywanie pocztą elektroniczną newslettera ${quoted('pl', list)}, w tym informacji handlowych. Nadawca: ${controller}.`,
    'Możesz zrezygnować w każdej chwili, klikając link w dowolnej wiadomości.',
  ],
  shortAge: (age) => `Dla osób, które mają co najmniej ${years(age)}.`,
  basis: {
    consent: { words: 'twoja zgoda', article: (law) => `art. 6 ust. 1 lit. a ${law}` },
    explicit_consent: {
      words: 'twoja wyraźna zgoda',
      article: (law) => `art. 6 ust. 1 lit. a i art. 9 ust. 2 lit. a ${law}`,
    },
    contract: { words: 'umowa z tobą', article: (law) => `art. 6 ust. 1 lit. b ${law}` },
    legal_obligation: { words: 'obowiązek prawny', article: (law) => `art. 6 ust. 1 lit. c ${law}` },
    legitimate_interest: {
      words: 'nasz prawnie uzasadniony interes',
      article: (law) => `art. 6 ust. 1 lit. f ${law}`,
    },
  },
  controller: ({ name, address, contact }) => [
    `Administratorem danych jest ${name}, ${address}. Administrator decyduje o celach i sposobach przetwarzania danych.`,
    `Kontakt: ${contact}.`,
  ],
  representative: (who) => `Przedstawiciel w Unii Europejskiej (art. 27 RODO): ${who}.`,
  dpo: (address) => `Adres inspektora ochrony danych: ${address}.`,
  noDpo: (contact) =>
    `Nie wyznaczono inspektora ochrony danych. Na pytania o dane odpowiadamy pod adresem ${contact}.`,
  address: (list) => `Adres e-mail służy do wysyłania ${quoted('pl', list)}.`,
  purpose: ({ title, text, basis }) => `${title}. ${text} Podstawa prawna: ${basis}.`,
  field: ({ label, purpose, basis, optional }) =>
    `${label} (${optional}): służy celowi ${quoted('pl', purpose)}. Podstawa prawna: ${basis}.`,
  optional: 'nieobowiązkowe',
  required: 'wymagane',
  sensitive: (law) =>
    `To dane szczególnej kategorii${inLaw(law)}. Podaj je tylko wtedy, gdy chcesz, żebyśmy z nich korzystali. Odpowiedź jest twoją wyraźną zgodą.`,
  sensitiveHint: (purpose, law) =>
    `Dane szczególnej kategorii${inLaw(law)}. Odpowiadając, wyraźnie zgadzasz się na ich wykorzystanie w celu ${quoted('pl', purpose)}.`,
  operations:
    'Dane są zbierane, przechowywane i używane do tego, co tu opisano. Są przekazywane tylko odbiorcom opisanym niżej.',
  legitimateInterests: (basis) => `Podstawa prawna: ${basis}. Na tej podstawie:`,
  interests: [
    'chronimy formularz przed nadużyciami, licząc zgłoszenia z każdej sieci i dla każdego adresu;',
    'przechowujemy dowód zgody, aby móc wykazać, że została udzielona;',
    'przechowujemy zapis każdej wysłanej do ciebie wiadomości i informacji o jej doręczeniu, aby móc wykazać, co wysłaliśmy, i wykrywać błędy;',
    'przechowujemy skróty kryptograficzne (hash) adresów, na które nie wolno wysyłać, aby nic tam nie trafiło.',
  ],
  legitimateFields: (labels) => `Na tej samej podstawie używamy odpowiedzi: ${labels}.`,
  obligation: (list) =>
    `Podanie danych jest dobrowolne. Bez adresu nie możemy wysyłać ${quoted('pl', list)}. Odpowiedzi i pola oznaczone jako nieobowiązkowe mogą pozostać puste i niczego innego to nie zmienia.`,
  obligationFields: (labels) => `Formularz wymaga też odpowiedzi: ${labels}.`,
  frequencyUnknown: 'Nie określamy z góry, jak często piszemy.',
  noRecipients: (controller) => `Nikt poza administratorem (${controller}) nie otrzymuje danych.`,
  recipients: 'Dane otrzymują, każdy tylko w zakresie swojego zadania:',
  recipient: ({ name, country, role }) => `${name}${country === null ? '' : ` (${country})`}: ${role}.`,
  roles: { hosting: 'hosting tej usługi i danych', mail: 'dostarczanie wiadomości' },
  safeguards: {
    adequacy: 'decyzja Komisji Europejskiej stwierdzająca odpowiedni stopień ochrony',
    standard_clauses: 'standardowe klauzule umowne',
    binding_rules: 'wiążące reguły korporacyjne',
    data_privacy_framework: 'Ramy ochrony danych UE-USA (decyzja stwierdzająca odpowiedni stopień ochrony)',
  },
  recipientsUnknown: (contact) =>
    `Pod adresem ${contact} można się dowiedzieć, która firma utrzymuje tę usługę, która dostarcza jej pocztę i w jakim kraju.`,
  noTransfers: {
    eea: 'Żaden odbiorca nie znajduje się poza Europejskim Obszarem Gospodarczym.',
    home: 'Żaden odbiorca nie znajduje się poza krajem administratora.',
  },
  transfer: ({ name, country, safeguard }) => `${name} (${country}). Zabezpieczenie: ${safeguard}.`,
  transferUnsecured: ({ name, country }) => `${name} (${country}). O zabezpieczenia można nas zapytać.`,
  transferCopy: (contact) => `Kopię zabezpieczeń otrzymasz pod adresem ${contact}. Dane trafiają też do:`,
  transfersUnknown: (contact) =>
    `Pod adresem ${contact} można się dowiedzieć, czy dane trafiają do państwa, którego tu nie wymieniono.`,
  storageKept: (contact) =>
    `Adres, odpowiedzi i wybory: tak długo, jak trwa subskrypcja. Potem przechowujemy je razem z dowodem zgody i zapisem wysłanych wiadomości tak długo, jak są potrzebne, aby wykazać, że zgoda została udzielona i kiedy się skończyła. Nie ustalono stałego terminu; o wcześniejsze usunięcie można prosić pod adresem ${contact}.`,
  storageProof:
    'Dowód zgody jest zaszyfrowany. Aby odczytać go w całości, trzeba podać przyczynę, którą zapisujemy.',
  storageUnconfirmed: (hours) =>
    `Bez potwierdzenia: link działa przez ${span(hours)}, potem odpowiedzi są usuwane. Adres pozostaje razem z zapisem, że go podano i nie potwierdzono, abyśmy mogli odpowiedzieć na pytania o to.`,
  storageLimits: (networkHours, addressDays) =>
    `Skróty kryptograficzne (hash) chroniące formularz: adresu sieci przez ${hoursOf(networkHours)}, adresu e-mail przez ${days(addressDays)}.`,
  storageSuppression:
    'Po zablokowaniu adresu, zgłoszeniu wiadomości jako spam albo gdy poczta nie może dotrzeć: skrót kryptograficzny adresu, do czasu zniesienia blokady, aby nic tam nie wysłano przez pomyłkę.',
  tracking: {
    none: 'Nie mierzymy, czy wiadomości są otwierane ani czy linki są klikane. Nie ma ukrytych obrazków, a linki pozostają bez zmian.',
    aggregate:
      'Kliknięcia są liczone tylko łącznie. Link jest taki sam dla wszystkich, więc nie widać, kto kliknął.',
  },
  trackingIndividual: (purposes) =>
    `Tylko za twoją zgodą: ${purposes}. U wszystkich innych nie ma ukrytego obrazka, a linki pozostają bez zmian.`,
  trackingLater: (purposes) =>
    `Dziś niczego nie mierzymy. Jeśli pomiary się zaczną, obejmą tylko osoby, które się na to zgodziły: ${purposes}.`,
  doubleOptIn: [
    'Po wysłaniu formularza na podany adres przychodzi jedna wiadomość. Subskrypcja zaczyna się dopiero, gdy potwierdzisz ją przez link z tej wiadomości.',
    'Jako dowód zachowujemy: adres w takiej postaci, w jakiej go wpisano, wyświetloną treść, zaznaczone pola, stronę, na której był formularz, o ile ją znamy, czas zapisu i potwierdzenia oraz to, jak długo te strony były otwarte, a także oznaczenie wiadomości z linkiem do potwierdzenia i informację o jej doręczeniu. Wszystko jest zaszyfrowane osobnym kluczem.',
  ],
  ip: {
    none: 'Ani adres IP, ani nazwa przeglądarki nie są przechowywane razem ze zgodą.',
    truncated:
      'Adres IP bez ostatniej części i nazwa, którą podaje przeglądarka, są przechowywane razem z dowodem.',
    full: 'Cały adres IP i nazwa, którą podaje przeglądarka, są przechowywane razem z dowodem.',
  },
  ledger: [
    'Każdy krok (zgłoszenie, potwierdzenie, zakończenie) trafia do dziennika, którego wpisów nie da się później zmienić. Wpis nie zawiera imienia ani adresu, a tylko skrót kryptograficzny utworzony kluczem należącym do twojej subskrypcji.',
    'Każdy wpis opiera się na poprzednim, więc widać, gdy któryś zmieniono lub pominięto. Dlatego wpisy pozostają, także po usunięciu innych twoich danych.',
  ],
  age: (age) =>
    `Lista jest przeznaczona dla osób, które mają co najmniej ${years(age)}. Jeśli masz mniej lat, nie zapisuj się bez zgody rodzica lub opiekuna.`,
  noAge: 'Zapisać może się osoba w każdym wieku.',
  withdrawal: (contact) => [
    `Zgodę można wycofać w każdej chwili: przez link w każdej wiadomości albo pisząc na adres ${contact}. Link działa od razu.`,
    'Wycofanie zgody nie wpływa na zgodność z prawem wcześniejszego przetwarzania. Każdą zgodę można wycofać osobno.',
  ],
  objection: (contact) => [
    `W każdej chwili, bez podawania przyczyny, możesz wnieść sprzeciw wobec przetwarzania danych na potrzeby marketingu bezpośredniego. Napisz na adres ${contact} albo użyj linku w dowolnej wiadomości, a przestaniemy.`,
    'Z przyczyn związanych z twoją szczególną sytuacją możesz też wnieść sprzeciw wobec tego, co robimy na podstawie prawnie uzasadnionego interesu.',
  ],
  rights: (contact) => [
    'Możesz uzyskać dostęp do danych i ich kopię, żądać ich sprostowania, usunięcia lub ograniczenia przetwarzania, przenieść je (format do odczytu maszynowego) i wnieść sprzeciw.',
    `Napisz na adres ${contact}. Odpowiedź przyjdzie w ciągu miesiąca i nic nie kosztuje.`,
  ],
  complaint: (authority) => `Skargę można wnieść do organu nadzorczego. Jest nim ${authority}.`,
  complaintUsual: 'organ ochrony danych w twoim kraju',
  complaintElsewhere:
    'Skargę można też wnieść tam, gdzie mieszkasz lub pracujesz albo gdzie doszło do naruszenia.',
  automated:
    'Nie podejmujemy wobec ciebie decyzji opartych wyłącznie na zautomatyzowanym przetwarzaniu, w tym profilowaniu.',
  furtherUse:
    'Jeśli dane miałyby posłużyć do czegoś innego, najpierw o tym powiemy, a tam, gdzie potrzebna jest zgoda, zapytamy o nią.',
}
