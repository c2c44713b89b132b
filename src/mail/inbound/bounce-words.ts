// pure · phrases of refusals by mail servers, grouped by cause. Matched in lower case, after addresses and URLs are removed

/** A space matches any white space, which the text has folded. */
const anyOf = (...phrases: readonly string[]): RegExp => new RegExp(phrases.join('|'), 'u')

const person =
  '(?:user(?: ?(?:name|id))?|mail ?box|mail drop|recipient|rcpt|address|addressee|account|alias|person|customer|subscriber|e-?mail(?: address| account)?|local ?part|login|destination)s?'

/**
 * Mailbox or domain does not exist, or the owner has moved. Only these words can suppress an address.
 * @see https://www.rfc-editor.org/rfc/rfc3463#section-3.2
 */
export const nonexistent = anyOf(
  // English
  `\\b(?:no|unknown|non-? ?existent|inexistent|invalid|bad|wrong|unrecogni[sz]ed|illegal|undefined|not an? (?:valid|known|local|active|existing)) (?:such |valid |e-?mail |local |active |or (?:invalid|illegal|unknown|inactive) |virtual |known |destination |delivery )*${person}\\b`,
  `\\b${person}\\b[^.;,]{0,60}?(?:(?:\\bnot|n.t) (?:be )?(?:found|known|exist\\w*|listed|present|recogni[sz]ed|registered|valid|local|(?:listed )?in (?:the |public |our )*(?:name|directory|domino|address book|list of)|have an?[^.]{0,40}(?:account|mail ?box)|an? (?:valid|known|local|existing|user|mailbox|recipient))|\\b(?:unknown(?! (?:error|reason))|(?:no|any) longer (?:exists?|valid|available|on (?:this|our|the) (?:server|system)|in use|works? (?:here|at|for)|employed)|non-?existent|invalid|unrecogni[sz]ed|undefined))(?![a-z])`,
  `\\b${person}\\b[^.;,]{0,30}?\\b(?:has been|is|was|have been) (?:deleted|removed|closed|terminated|discontinued|cancell?ed)`,
  '\\b(?:there.s|there is|there are|we have|have) (?:no|not an?y?) (?:one|body|such|user|account|mailbox|address)',
  'no ?(?:one|body) (?:here|at this|by that|with that|of that)|no mailbox (?:here )?(?:by|with|of|under) that name|no such (?:person|name|account|id\\b)|not a user (?:here|of)|isn.t (?:a |in (?:my|our) )(?:user|list of (?:users|recipients))',
  '(?:user|recipient|account|mailbox|id)[ _-]?(?:not[ _-]?found|unknown)|recip(?:ient)?\\.?not\\.?found|unknown[ _-]?user|no[ _-]?such[ _-]?(?:user|mailbox|recipient)|invalid[ _-](?:user|recipient|mailbox)|not found by smtp address lookup',
  '(?:valid)?rcptto list|bad(?:recipient|rcpt) ?to|recipient table|not (?:listed )?in (?:the |public |our )?(?:name and address book|domino directory|directory|name directory|local recipient)|name and address book',
  '\\baddress (?:not known|does not exist|is not valid|has changed)|(?:unknown|non-?existing) e-?mail|unrout(?:e)?able (?:mail )?(?:domain|address)',
  '\\b(?:has moved|user has moved|moved to (?:another|a new)|no longer (?:works? |employed )(?:here|at|for|with)|left (?:the|this|our) (?:company|organi[sz]ation)|user not local; please try|changed (?:his|her|their|my) (?:e-?mail )?address)',
  // Cisco's gateways say no more of an address that they do not know
  '#5\\.1\\.0 address rejected',
  // Domains
  '\\b(?:host|domain)(?: or domain)?(?: name)?\\b[^.;,:]{0,40}? (?:(?:was |is |could |can)?not (?:be )?(?:found|exist|valid|known)(?!, try again)|does ?n[o.]t exist|unknown(?! (?:error|user|reason))|invalid)|illegal host|invalid final delivery userid|(?:find|no) (?:an? )?(?:mail exchanger|mx (?:record|host))|indicated no smtp service|(?:unknown|no such|invalid|non-?existent) (?:mail )?(?:host|domain)|any host named|name or service not known|nxdomain|non-?existent (?:hosts?|domain)|host name lookup failure: no|unresolvable (?:host|domain)',
  // Deutsch, nederlands, norsk, dansk, svenska, suomi
  '(?:empfänger|empfaenger|benutzer|adresse|adressat|postfach|mailbox|konto|teilnehmer|domain)\\w*[^.;]{0,40}(?:unbekannt|existiert (?:hier )?nicht|nicht gefunden|nicht vorhanden|ungültig|ungueltig)|unbekannte[rns]? (?:empfänger|benutzer|adress|domain|nutzer)|kein(?:en?)? (?:solche[rsn]? )?(?:benutzer|postfach|empfänger|mailbox)|existiert nicht',
  'onbekende? (?:gebruiker|ontvanger|adres)|(?:gebruiker|ontvanger|adres|postvak)\\w*[^.;]{0,40}(?:bestaat niet|onbekend)',
  '(?:findes|finnes) ikke|(?:ukendt|ukjent) (?:modtager|bruger|mottaker|bruker|adresse)|(?:okänd|ogiltig) (?:mottagare|användare|adress|brevlåda)|(?:mottagare|användare|adress|brevlåda|konto|domän)\\w*[^.;]{0,40}(?:finns inte|existerar inte|är okänd|okänd|hittades inte|saknas)|ingen sådan|tuntematon (?:käyttäjä|vastaanottaja)',
  // français, español, português, italiano
  '(?:utilisateur|destinataire|adresse|compte|boîte|boite|domaine)[^.;]{0,60}(?:inconnue?|n.existe p(?:as|lus)|inexistante?|invalide|introuvable)|n.existe (?:pas|plus)',
  '(?:usuario|destinatario|direcci[oó]n|cuenta|buz[oó]n|dominio)[^.;]{0,60}(?:desconocid[oa]|no existe|inexistente|inv[aá]lid[oa]|no (?:fue )?encontrad[oa])|no existe (?:es[ea]|dicha|el|la|tal|un) |no existe$',
  '(?:usu[aá]rio|destinat[aá]rio|endere[cç]o|conta|caixa postal|dom[ií]nio)[^.;]{0,60}(?:desconhecid[oa]|n[aã]o existe|inexistente|inv[aá]lid[oa]|n[aã]o (?:foi )?encontrad[oa])',
  '(?:utente|destinatario|indirizzo|casella|account|dominio)[^.;]{0,60}(?:sconosciut[oa]|non esiste|inesistente|non valid[oa]|non (?:è stat[oa] )?trovat[oa])|nessun utente',
  // polski, русский, українська, čeština
  'nieznan[ya] (?:użytkownik|odbiorca|adres|skrzynka|domena)|(?:użytkownik|odbiorca|adres|adresat|skrzynka|konto|domena)[^.;]{0,40}(?:nie istnieje|nieznan|nie został[ao]? znalezion)|nie ma (?:takie|w naszym)|nie istnieje|nie znaleziono (?:użytkownika|adresu|odbiorcy)',
  '(?:пользовател|получател|адрес|ящик|аккаунт|домен|абонент)[^.;]{0,60}(?:не (?:найден|существует|зарегистрирован|обнаружен)|неизвест|недействит|удал[её]н|отсутствует)|нет так(?:ого|ой) |не существует|неизвестн\\S+ (?:пользовател|получател|адрес)|так(?:ого|ой) (?:пользовател|адрес|ящик)\\S* (?:нет|не )|(?:користувач|отримувач|адрес|скринь)[^.;]{0,40}не (?:існує|знайдено)|neexistuje|nezn[aá]m[yáý] (?:u[zž]ivatel|p[rř][ií]jemce)',
  // 日本語, 中文, 한국어, Türkçe
  '(?:ユーザ|リスト|ディレクトリ|宛先|あて先|受信者|メールアドレス|アドレス|メールボックス|アカウント)[^。]{0,30}(?:見つかりません|不明|存在しません|存在しない|ありません|誤り|間違)|(?:用户|用戶|收件人|邮箱|郵箱|帐号|账号|地址|收信人)[^。]{0,20}(?:不存在|无效|無效|未找到|错误|不正确)|(?:사용자|수신자|메일)[^.]{0,20}(?:없|존재하지)|(?:kullanıcı|alıcı|adres)[^.;]{0,30}(?:bulunamadı|yok|geçersiz|bilinmiyor)',
)

/**
 * A domain that takes no mail, whatever code stands with it.
 * @see https://www.rfc-editor.org/rfc/rfc7505
 */
export const nullMx = anyOf(
  'null[ -]?mx|(?:domain|host)[^.;]{0,40} (?:does(?: no|n.)t|never) (?:accept|receive)s? (?:any )?(?:e-?mails?|mail|messages)\\b(?! from| with| at)',
)

/** Sender problems: address, network, reputation, volume or content. None are the recipient's fault. */
export const sender = anyOf(
  'black ?-?list|block ?-?list|deny ?-?list|white ?-?list|gr[ae]y ?-?list|safe ?list|\\brbls?\\b|\\bdnsbls?\\b|(?<!not )listed (?:in|at|by|on|as|with)\\b|spam ?haus|spam ?cop|barracuda ?(?:central|reputation)|sorbs|senderscore|senderbase|abusix|invaluement|uceprotect|surbl|uribl|mailspike|proofpoint dynamic|cloudmark|\\bcsi\\b|\\bfblw\\d|\\b[bs]l\\d{4,}\\b|s3\\d{3}|\\bts0[1-9]\\b|\\bph0[1-9]\\b|hvu:b|rly:b\\d|con:b\\d|dns:nr',
  'reputation|spam|junk|unsolicited|\\bbulk\\b|complain|advertis|newsletter|marketing|promotional|commercial|mass mail|\\buce\\b|phish|malicious|malware|virus|infected|suspicious|suspected|\\babus|fraud|\\bscam|trojan|scored|\\bhoax|forge|spoof|impersonat',
  'polic(?:y|ies)|\\bdmarc|\\bspf\\b|dkim|\\barc\\b|authenticat|unauthori[sz]ed|not authori[sz]ed|authori[sz]ation|\\btls\\b|starttls|encrypt|certificate|secure (?:channel|connection)|relay|\\bban(?:ned)?\\b|\\bblocked|\\bblocking|blocks\\b|rejected by (?:filter|rule|content|the (?:content|administrat))|filter(?:ed|s|ing)?\\b|firewall|prohibit|restrict|denied by|administrative',
  'rate[- ]?limit|throttl|too (?:many(?! hops| messages (?:in|on|waiting))|fast|frequent)|\\b(?:hourly|daily|sending|send|message|connection|rate) (?:limit|quota|rate)|limit (?:on|for) (?:the number|messages|connections|sending)|concurren|excessive|unusual(?:ly)? (?:high|rate|number|sending)|volume of|slow down|too much|you(?:.re| are) sending|exceeded? (?:the )?(?:max|rate|limit|number|messages|allowed|connection)|max(?:imum)? (?:number|connections|recipients)',
  'sender|sending (?:ip|host|server|mta|domain|address|system|network)|\\bfrom (?:address|domain|header|field|your|this (?:ip|host|domain|address|server|network))|mail ?from|envelope from|return[- ]?path|reverse[- ]?(?:dns|path|map|lookup)|\\bptr\\b|\\br?dns (?:record|entry|name)|\\bhelo\\b|\\behlo\\b|hostname|callback|callout|your (?:ip|host|server|domain|network|mail ?server|mta|system)|client (?:host|ip|address)|\\b(?:ip|source)(?: address)?[ [(]*[\\d.:]*[\\])]* (?:is|was|has|not|blocked|listed|rejected|denied|address is)|dynamic|residential|dial-?up|connect(?:ing|ion) (?:ip|host|from|rejected|denied)|dirty|open (?:proxy|relay)|no longer accept(?:s|ing)? (?:e-?mail|mail|messages) from|(?:take|accept|receive|want)s? (?:any )?(?:e-?mails?|mail|messages) (?:only )?from|members? only|moderat|subscriber.?only|only (?:members|subscribers|authori)|challenge|captcha|confirm that you',
  '(?:message|mail|e-?mail|content|body|subject|attachment|header|data)s? (?:content )?(?:was |is |has been |have been )?(?:rejected|refused|blocked|discarded|denied|filtered|unacceptable|contains?|looks? like|considered|classified|detected|appears?)|\\bcontent\\b(?!-)|attachments? (?:type|not|is|are|was|contain|reject|block|remov)|undesir|objectionable|inappropriate|profan|\\burls?\\b|message-?id|mime[- ]|(?:invalid|missing|bad|malformed|duplicate|no|from|message|mail) headers?\\b|header (?:field|error|too|missing|invalid|contain)|valid from\\b|from: domain|\\bcharset|\\b8 ?bit|smtputf8|non-?ascii|bare (?:lf|line)|line (?:too )?long|not rfc|non-?compliant|violat|syntax error in (?:from|mail|header|data)',
  // Deutsch, français, español, português, italiano, nederlands, polski, русский, svenska, 日本語, 中文
  'schwarze liste|zu viele|zu oft|liste noire|trop de |lista negra|demasiad|muitas? |lista nera|troppi|czarn\\S+ list|zbyt (?:wiele|dużo|często)|слишком (?:много|часто)|svartlist|för många|te veel|absender|versender|abgelehnt wegen|richtlinie|gesperrt|unerwünscht|blockiert|expéditeur|expediteur|indésirable|indesirable|politique|bloqu|remitente|correo no deseado|política|politica|pol[ií]tica|remetente|indesejad|mittente|indesiderat|afzender|ongewenst|nadawc|niechcian|polityk|zablokowan|отправител|спам|политик|заблокирован|чёрн\\S+ спис|черн\\S+ спис|подозри|рассылк|відправник|avsändar|skräppost|blockera|spärra|oönskad|迷惑メール|送信者|差出人|拒否リスト|垃圾|发件|发信|發件|黑名单|频率|策略',
)

/** A reader, or the owner of a group, takes no mail from this sender. */
export const personal = anyOf(
  `\\b(?:user|recipient|addressee|group|mail ?box|account|person|member|distribution list)\\b[^.;,]{0,30}?\\b(?:(?:does ?n[o.]t|do ?n[o.]t|will not|won.t|refuses to|declines to|chose not to|(?:has|have) chosen not to) (?:take|accept|receive|want|allow)|(?:takes?|accepts?|receives?|allows?|wants?) (?:only |no (?:more |further )?)(?:e-?mails?|mail|messages)|only (?:takes?|accepts?|receives?|allows?) (?:e-?mails?|mail|messages)|(?:has|have) (?:blocked|refused|rejected) (?:you|the sender|this sender|your (?:address|mail|messages)))`,
  'sendernotauthenticatedfor(?:group|mailbox)|notauthorizedby(?:group|recipient)|recipient (?:does ?n[o.]t|do ?n[o.]t) (?:want|wish)',
)

/** Whatever else is said, a refusal by the server's own filter. */
export const ofServer = anyOf(
  'black ?-?list|block ?-?list|spam|reputation|\\bdmarc|\\bspf\\b|dkim|polic(?:y|ies)|virus|malware|phish|rate[- ]?limit|throttl|too (?:many|fast)|relay|\\brbl|dnsbl|reverse[- ]?dns|\\bptr\\b',
)

/** The mail exceeds a size limit of the server. */
export const tooLarge = anyOf(
  '(?:message|mail|e-?mail|data|body|header)s? (?:size |length |body )?(?:is |was )?(?:too (?:large|big|long)|exceed|larger)|size (?:limit|exceed)|exceeds? (?:the )?(?:fixed |maximum |max |allowed )*(?:message )?size|maximum (?:message )?size|max(?:imum)? ?size|too (?:large|big) (?:message|mail)|message ?too ?(?:large|big)|zu groß|trop (?:gros|volumineux)|demasiado grande',
)

/** The mailbox is full. */
export const full = anyOf(
  'quota|(?:mail ?box|account|inbox|user|recipient|folder|storage|disk|maildir|home directory)\\S*[^.;]{0,40}\\bfull\\b|\\bfull (?:mail ?box|inbox|mail)|\\bis full\\b|box full|mail ?box (?:size|has exceeded|has reached (?:its|the|his|her|their|max|\\w*size|\\w*limit|\\w*quota|\\w*storage)|exceed|limit|too large|is too)|exceeded (?:its |the |his |her )?(?:storage|disk|mail ?box)|storage (?:allocation|limit|space|exceed)|(?:insufficient|not enough|no more|out of|lacks?|no|too much) (?:disk |storage |free |system |mailbox )*(?:space|storage|room|mail data)|over (?:the |its )?(?:maximum |max |storage |disk |size |account )?(?:limit|size|allocation)|too many messages (?:in|on|waiting)|disk (?:full|space)|mail[- ]?box is at|too large for (?:the )?mail ?box|\\b5?4?52 (?:message for .* would exceed|mailbox)|would exceed|retention limit|exceeded the space',
  'voll\\b|überfüllt|speicherplatz|kontingent|boîte[^.;]{0,40}pleine|pleine\\b|saturée|espace (?:disque|insuffisant)|llen[oa]\\b|cuota|espacio|cheia|lotada|cota\\b|piena\\b|esaurit|spazio|vol\\b|pełn[ay]|przepełnion|brak miejsca|переполнен|заполнен|квот|нет места|недостаточно места|fullt?\\b|utrymme|täynnä|容量|いっぱい|已满|已滿|空间不足|超过|가득',
)

/** A temporary problem of an existing mailbox, a server, or the route. */
export const passing = anyOf(
  'temporar|try (?:again )?later|(?:later|again in|in \\d+ (?:minutes|hours))\\b|\\bbusy|unable to (?:verify|look|check|process|determine)|(?:could|can) ?not (?:verify|be verified|check|determine)|ldap|database|back-?end|lookup fail(?!ure: host)|unverified|(?<!longer )(?<!is )not available|timed? ?-?out|connection (?:refused|reset|dropped|lost|closed|broken|failed|was)|lost connection|unreachable|no route|\\bdeferred|delayed|expired|overload|maintenance|service (?:is )?(?:currently )?(?:unavailable|not available)|currently (?:un|not |rejecting)|retry|re-?attempt|could not (?:connect|be contacted)|can.t connect|cannot connect|(?:not|no) (?:respond|answer)|network (?:error|problem|is)|mail (?:forwarding )?loop|too many hops|hop ?count|loops? back|looping|internal (?:server )?error|local (?:error|problem|configuration)|server (?:error|configuration|misconfig)|system (?:error|resources|not accepting|problem)|out of memory|unexpected|i/o error|lookup (?:timed|did not|error)|(?:dns|name ?server)[^.;]{0,20}(?:error|fail(?!ure: host)|loop|problem)|found, try again|server fail|servfail',
  'vorübergehend|später|spaeter|temporaire|plus tard|ultérieur|m[aá]s tarde|temporal|mais tarde|più tardi|temporane|tijdelijk|later opnieuw|tymczasow|później|временн|позже|попозже|tillfällig|senare|一時的|しばらく|临时|稍后',
)

/** The mailbox exists but accepts nothing, temporarily or for good. */
export const resting = anyOf(
  `\\b${person}\\b[^.;,]{0,40}?\\b(?:disabled|suspended|inactive|deactivated|frozen|locked|not active|dormant|on hold|over (?:its )?limit|expired|unable to receive)|(?:disabled|suspended|inactive|deactivated|expired|locked|dormant) (?:user|mail ?box|account|recipient|address)`,
  'receiving (?:e-?mails?|mail|messages) (?:at a rate|too)|deaktiviert|désactivé|désactivée|suspendid|desactivad|desativad|inativ|disattivat|sospes|nieaktywn|отключ[её]н|неактив|приостановлен|inaktiv|avstängd|停用|禁用|无效用户状态',
)

/** Several possible causes, a missing mailbox among them. */
export const either = anyOf(
  'may not exist, or|might not exist|or you (?:may|might|do) not|or (?:is )?not (?:accepting|allowed|permitted)|or access denied|or unavailable|ou que vous|peut que|pravděpodobně|o (?:que )?(?:es posible|no tenga)|oder (?:sie|du) ',
)

/** Refused without a cause: enough to doubt any code. */
export const denied = anyOf(
  'access denied|not allowed|not permitted|disallowed|unacceptable|refused|refuses|not welcome|go away|declined|abgelehnt|refusé|rechazad|recusad|rifiutat|geweigerd|odrzucon|odmow|отклон|отказ|nekad|avvisad|拒否|拒绝|拒收',
)

/** Refused without a cause: enough to doubt a code derived from these words. */
export const unexplained = anyOf(
  'rejected|denied|not accept|mail ?box unavailable|action not taken|transaction failed|delivery (?:error|failed|not)|bounced|unable to deliver|unknown reason',
)

/** That a mail was not delivered, as subjects and first sentences say it. In lower case; not enough to tell why. */
export const failed = anyOf(
  'undeliver|non-?deliver|(?:not|n.t|never|unable to|cannot|failed to) (?:be |to be )?(?:deliver|transmit|reach)|deliver\\w*(?: \\w+){0,3}? (?:fail|error|problem|was aborted|notification|report)|delivery (?:has |to the following \\w+ )?fail|(?:mail|message|delivery) (?:failed|failure|error)|failure (?:notice|delivery|notif)|failed (?:mail|recipient|address)|error (?:during|in) deliver|attempting to deliver|returned (?:mail|message)|return(?:ed|ing)? to sender|mail (?:system )?error|did not reach|could not be reached|wasn.t able to deliver|not have been delivered|automatically rejected|no valid recipients|(?:has|have) been (?:returned|rejected|postponed|delayed)|delivery (?:delay|status|has been)|warning.{0,20}(?:delay|not)|does not have a final',
  'unzustellbar|nicht (?:zugestellt|ausgeliefert)|zustellung|non (?:remis|distribu|délivr|delivr)|pas (?:pu|été) (?:être |etre )?(?:délivr|delivr|remis|distribu)|no (?:pudo|ha podido|se pudo) (?:ser )?(?:entreg|envia)|n[aã]o (?:p[oô]de|foi poss[ií]vel) (?:ser )?(?:entreg|envia)|non (?:recapit|consegn|è stato possibile)|niet (?:bezorgd|afgeleverd)|nie (?:została |można |udało się )*(?:dostarcz|doręcz)|не (?:может быть |удалось |было )*доставлен|недостав|kunde inte (?:levereras|skickas)|gick inte att (?:leverera|skicka)|obeställbar|kunne ikke (?:leveres|sendes)|送信できま|送信に失敗|配信(?:でき|不能|エラー|に失敗)|届けられ|配送(?:でき|不能|エラー)|メールエラー|无法(?:发送|投递|送达)|投递失败|退信|전송 실패',
)
