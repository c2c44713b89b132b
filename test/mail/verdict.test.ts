// pure · whose fault a refusal is, in many servers' words and languages. RFC 3463, RFC 3464 section 2.3.6, RFC 5321 section 4.2
import { describe, expect, it } from 'vitest'
import { judge, type Verdict } from '../../src/mail/inbound/verdict.ts'

type Case = readonly [status: string | null, words: string]

/** The mailbox does not exist: said by the refusing server in words, or by its own code. */
const hard: readonly Case[] = [
  // Codes
  ['5.1.1', ''],
  ['5.1.2', ''],
  ['5.1.3', ''],
  ['5.1.6', ''],
  ['5.1.10', ''],
  ['5.2.1', ''],
  ['5.1.1', 'smtp; 550 5.1.1 <anna@inbox.example>: said no'],
  ['5.1.2', 'smtp; 550 5.1.2 no such domain'],
  ['5.1.6', 'smtp; 551 5.1.6 moved'],
  [null, '550 5.1.1'],
  // A code that the reporting server invented does not outweigh the words
  ['5.0.0', 'smtp; 550 5.1.1 there is no mailbox of that name'],
  ['5.0.0', 'smtp; 550 User unknown'],
  ['5.5.0', 'smtp; 550 no such user'],
  [
    '5.1.0',
    "smtp; 5.1.0 - Unknown address error 550-'5.1.1 that mailbox does not exist' (delivery attempts: 0)",
  ],
  ['5.7.1', 'smtp; 550 5.7.1 <anna@inbox.example>: Recipient address rejected: no such user'],
  // Postfix, Exim, OpenSMTPD, sendmail, qmail, Courier
  [
    '5.1.1',
    'smtp; 550 5.1.1 <anna@inbox.example>: Recipient address rejected: User unknown in virtual mailbox table (in reply to RCPT TO command)',
  ],
  [
    '5.1.1',
    'smtp; 550 5.1.1 <anna@inbox.example>: Recipient address rejected: undeliverable address: host mx.spamfilter.example[192.0.2.7] said: 550 5.1.1 User unknown',
  ],
  [
    '5.4.4',
    'X-Postfix; Host or domain name not found. Name service error for name=gone.example type=A: Host not found',
  ],
  ['5.1.0', 'X-Postfix; Domain gone.example does not accept mail (nullMX)'],
  // The kind of a Diagnostic-Code, and the host that was asked, say nothing of relaying
  [
    '5.4.4',
    'X-Outbound-Mail-Relay; Host or domain name not found. Name service error for name=gone.example type=A: Host not found',
  ],
  [null, '553 5.3.0 <anna@inbox.example>... Addressee unknown, relay=[192.0.2.7]'],
  // A null MX, with the code of one at the sender's (RFC 7505)
  ['5.7.27', 'SMTP; 550 Host does not accept mail'],
  ['5.0.0', 'smtp; 550 #5.1.0 Address rejected.'],
  ['5.0.0', 'smtp; 550 Unrouteable address'],
  [null, 'Unrouteable address'],
  [null, 'all relevant MX records point to non-existent hosts'],
  [null, 'an MX or SRV record indicated no SMTP service'],
  [null, '550 Invalid recipient: <anna@inbox.example>'],
  ['5.1.1', 'SMTP; 550 5.1.1 <anna@inbox.example>... User unknown'],
  [null, 'Sorry, no mailbox here by that name. (#5.1.1)'],
  [null, "Sorry, I couldn't find any host named gone.example. (#5.1.2)"],
  [null, '192.0.2.7 does not like the recipient; it said: 550 no such person'],
  // Gmail, Outlook, Exchange, Yahoo, AOL, Apple, Comcast
  [
    '5.1.1',
    "smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 double-checking the recipient's email address for typos or 550-5.1.1 unnecessary spaces. For more information, go to 550 5.1.1 https://support.google.com/mail/?p=NoSuchUser a1-2.3 - gsmtp",
  ],
  ['5.1.10', 'smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found by SMTP address lookup'],
  ['5.1.1', 'smtp;550 5.1.1 RESOLVER.ADR.RecipNotFound; not found'],
  [
    '5.4.1',
    'smtp; 550 5.4.1 Recipient address rejected: Access denied. [XX.eop.prod.protection.outlook.com]',
  ],
  [
    '5.0.0',
    "smtp; 554 delivery error: dd This user doesn't have a yahoo.com account (anna@yahoo.com) [0] - mta1.mail.ne1.yahoo.com",
  ],
  ['5.0.0', 'smtp; 550 5.1.1 <anna@aol.com>: Recipient address rejected: aol.com'],
  ['5.1.1', 'smtp; 550 5.1.1 <anna@icloud.com>: user does not exist'],
  ['5.1.1', 'smtp; 550 5.1.1 <anna@icloud.com>: inactive email address'],
  ['5.1.1', 'smtp; 550 5.1.1 Not our Customer'],
  // Mail.ru, Yandex, GMX, Web.de, T-Online, Orange, Libero, wp.pl, Telia, QQ, Proofpoint, Mimecast, Barracuda, Zoho
  [
    '5.0.0',
    'smtp; 550 Message was not accepted -- invalid mailbox. Local mailbox anna@mail.ru is unavailable: user not found',
  ],
  ['5.1.1', 'smtp; 550 5.7.1 No such user!'],
  [
    '5.0.0',
    'smtp; 550 Requested action not taken: mailbox unavailable. Unknown user: mailbox does not exist',
  ],
  ['5.0.0', 'smtp; 550-Der Empfänger anna@t-online.de ist unbekannt'],
  ['5.0.0', 'smtp; 550 Benutzer unbekannt'],
  ['5.0.0', 'smtp; 550 Adresse d au moins un destinataire invalide. Invalid recipient.'],
  ['5.0.0', "smtp; 550 L'adresse n'existe pas"],
  ['5.0.0', 'smtp; 550 utente sconosciuto'],
  ['5.0.0', 'smtp; 550 El usuario no existe'],
  ['5.0.0', 'smtp; 550 Usuário desconhecido'],
  ['5.0.0', 'smtp; 550 Nieznany użytkownik'],
  ['5.0.0', 'smtp; 550 Konto nie istnieje'],
  ['5.0.0', 'smtp; 550 Пользователь не найден'],
  ['5.0.0', 'smtp; 550 Нет такого почтового ящика'],
  ['5.0.0', 'smtp; 550 Okänd mottagare'],
  ['5.0.0', 'smtp; 550 Mottagaren finns inte'],
  ['5.0.0', 'smtp; 550 宛先のメールアドレスが存在しません'],
  ['5.0.0', 'smtp; 550 收件人不存在'],
  ['5.0.0', 'smtp; 550 Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550'],
  ['5.1.1', 'smtp; 550 5.1.1 User Unknown - proofpoint.example'],
  ['5.0.0', 'smtp; 550 permanent failure for one or more recipients (anna@inbox.example:unknown user)'],
  ['5.1.1', 'smtp; 553 5.1.1 recipient is not a valid mailbox here'],
  ['5.0.0', 'smtp; 550 account has been deleted'],
  ['5.0.0', 'smtp; 550 mailbox not found'],
  ['5.0.0', 'smtp; 550 #5.1.0 Address rejected. Recipient not found'],
  ['5.0.0', 'smtp; 550 anna@inbox.example is no longer with the company: user has moved'],
  ['5.0.0', 'smtp; 550 [SUSPEND-NOT] No such user here'],
]

/** The refusal concerns who sends, how, or what. */
const sender: readonly Case[] = [
  // Refused before a reader was named
  ['5.1.0', 'smtp; 553 5.1.0 brand.example does not exist (in reply to MAIL FROM command)'],
  ['5.7.27', 'smtp; 550 5.7.27 the sender’s domain has a null MX'],
  // Signals that disagree: the reporting server's Status, and the refusing server's text
  ['5.1.1', 'SMTP; 550 5.7.1 your server is on our blocklist'],
  ['5.1.1', 'smtp; 550 5.1.1 <anna@inbox.example>: rejected, blocked using zen.spamhaus.org'],
  ['5.1.1', 'smtp; 550 5.1.1 https://www.spamhaus.org/query/ip/192.0.2.1'],
  ['5.1.1', 'smtp; 550 5.1.1 Message rejected due to content restrictions'],
  ['5.1.1', 'smtp; 550 5.1.1 Rejected: too many messages from your IP in this hour'],
  ['5.1.1', 'smtp; 550 rate limit exceeded'],
  ['5.1.1', 'smtp; 550 5.1.1 relay access denied'],
  [
    '5.1.1',
    'smtp; 553 sorry, that domain does not accept mail from you: sender address rejected: Domain not found',
  ],
  ['5.1.1', 'smtp; 550 Sender verify failed: no such user'],
  ['5.1.2', 'smtp; 550 5.1.2 DMARC policy of the sender domain: unknown user'],
  [
    '5.1.1',
    "smtp; 5.1.0 - Unknown address error 550-'5.7.1 <news@brand.example>... Access denied' (delivery attempts: 0)",
  ],
  ['5.2.1', 'smtp; 550 5.7.1 Our system has detected that this message is likely unsolicited mail'],
  ['5.1.1', 'smtp; 550 5.1.1 You are sending too much'],
  ['5.1.1', 'smtp; 550 5.1.1 we do not take newsletters'],
  ['5.1.1', 'smtp; 550 5.1.1 zu viele Nachrichten'],
  ['5.1.1', 'smtp; 550 5.1.1 trop de connexions'],
  ['5.1.1', 'smtp; 550 5.1.1 5.7.1'],
  ['5.1.1', 'smtp; 550 5.1.1 antivirus'],
  // Codes
  ['5.7.1', ''],
  ['5.7.26', ''],
  ['5.7.515', ''],
  ['5.1.7', 'smtp; 501 5.1.7 bad address syntax'],
  ['5.1.8', 'smtp; 553 5.1.8 sender domain does not exist'],
  ['5.3.4', 'smtp; 552 5.3.4 message size exceeds fixed limit'],
  ['5.6.1', ''],
  ['5.7.1', 'smtp; 550 5.7.1 this user does not take mail from you'],
  // Gmail, Outlook, Exchange, Yahoo, AOL, Apple, Comcast
  ['5.7.26', 'smtp; 550-5.7.26 Your email has been blocked because the sender is unauthenticated.'],
  [
    '5.7.1',
    'smtp; 550-5.7.1 [192.0.2.1 12] Our system has detected that this message is 550-5.7.1 likely unsolicited mail.',
  ],
  ['4.7.28', 'smtp; 421-4.7.28 unusual rate of unsolicited mail originating from your IP address'],
  [
    '5.7.1',
    'smtp; 550 5.7.1 Unfortunately, messages from [192.0.2.1] weren’t sent. Please contact your Internet service provider since part of their network is on our block list (S3140).',
  ],
  ['5.7.606', 'smtp; 550 5.7.606 Access denied, banned sending IP [192.0.2.1]'],
  [
    '5.7.1',
    'smtp; 550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; the group only takes mail of its own organisation',
  ],
  ['5.7.1', 'smtp; 550 5.7.124 RESOLVER.RST.SendGroupNotAllowed; sender not in allowed list'],
  ['5.4.1', 'smtp; 550 5.4.1 relay access denied'],
  [
    '5.0.0',
    'smtp; 553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in Spamhaus',
  ],
  ['4.7.0', 'smtp; 421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to user complaints'],
  [
    '5.0.0',
    'smtp; 554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes',
  ],
  ['5.7.1', 'smtp; 521 5.2.1 (DYN:T1) AOL will not accept delivery of this message from dynamic addresses'],
  [
    '5.7.1',
    'smtp; 550 5.7.1 [CS01] Message rejected due to local policy. Please visit https://support.apple.com/en-us/HT204137',
  ],
  ['5.1.0', 'smtp; 550 5.1.0 192.0.2.1 has been temporarily rate limited due to IP reputation'],
  ['5.0.0', 'smtp; 554 Comcast BL000010 Blocked for spam'],
  // Mail.ru, Yandex, GMX, Web.de, Orange, wp.pl, QQ, Proofpoint, Mimecast, Barracuda, Spamhaus, Cloudmark
  ['5.0.0', 'smtp; 550 spam message rejected. Please visit http://help.mail.ru/notspam-support'],
  ['5.7.1', 'smtp; 554 5.7.1 [2] Message rejected under suspicion of SPAM; https://ya.cc/1IrBc'],
  [
    '5.0.0',
    'smtp; 554-Transaction failed 554-Reject due to policy restrictions. 554 For explanation visit https://postmaster.gmx.net',
  ],
  ['5.0.0', 'smtp; 550 Absender wegen Spam gesperrt'],
  ['5.0.0', 'smtp; 550 Service refuse. Veuillez essayer plus tard. Service refused, blocked OFR_506 [506]'],
  ['5.0.0', 'smtp; 550 Nadawca zablokowany'],
  ['5.0.0', 'smtp; 550 Письмо похоже на спам'],
  ['5.0.0', 'smtp; 550 Домен отправителя не существует'],
  ['5.0.0', 'smtp; 550 Avsändaren är spärrad'],
  ['5.0.0', 'smtp; 550 Expéditeur inconnu'],
  ['5.0.0', 'smtp; 550 Remitente desconocido'],
  ['5.0.0', 'smtp; 550 Mail content denied [xxxx IP: 192.0.2.1]. http://service.mail.qq.com'],
  ['5.7.0', 'smtp; 554 5.7.0 Your server IP address is in the Proofpoint Dynamic Reputation block list'],
  ['5.0.0', 'smtp; 554 Email rejected due to security policies - https://community.mimecast.com'],
  ['5.0.0', 'smtp; 550 Blocked by Barracuda Reputation'],
  ['5.7.1', 'smtp; 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org'],
  [
    '5.1.1',
    'smtp; 550 5.1.1 Service unavailable, Client host [192.0.2.1] blocked using Spamhaus. To request removal from this list see https://www.spamhaus.org',
  ],
  // The way of sending
  ['4.7.1', 'smtp; 451 4.7.1 Greylisting in action, please come back later'],
  ['5.7.1', 'smtp; 550 5.7.1 Client host rejected: cannot find your reverse hostname'],
  ['5.5.0', 'smtp; 550 5.5.0 HELO name is invalid'],
  ['5.7.10', 'smtp; 530 5.7.10 Must issue a STARTTLS command first'],
  ['5.7.0', 'smtp; 530 5.7.0 Authentication required'],
  ['5.0.0', 'smtp; 550 SPF check failed'],
  ['5.0.0', 'smtp; 550 DKIM signature does not verify'],
  ['5.0.0', 'smtp; 552 5.2.3 Message size exceeds maximum allowed'],
  ['5.0.0', 'smtp; 550 Virus detected in attachment'],
  ['5.7.1', 'smtp; 554 5.7.1 looks like spam'],
  ['5.0.0', 'smtp; 550 Only members may post to this list'],
  [null, 'Remote host said: 554 Your IP is listed at dnsbl.example'],
]

/** A temporary or ambiguous refusal. */
const soft: readonly Case[] = [
  [null, ''],
  // No such user, and a sign that there is one
  ['5.2.1', 'smtp; 550 5.2.1 <anna@inbox.example>... User unknown'],
  [null, 'This user doesn’t have an account, or the account has been disabled'],
  ['5.0.0', 'smtp; 550 Unknown user anna@inbox.example (in reply to end of DATA command)'],
  // cPanel's list of all that may be
  [null, 'The account or domain may not exist, they may be blacklisted, or missing the proper dns entries.'],
  // A full mailbox, under whatever code
  ['5.1.1', 'SMTP; 552 5.2.2 mailbox over quota'],
  ['5.2.2', 'smtp; 552 5.2.2 full'],
  ['5.1.1', 'smtp; 550 5.1.1 The email account that you tried to reach is over quota'],
  [
    '5.2.2',
    'smtp; 552-5.2.2 The email account that you tried to reach is over quota. Please direct 552-5.2.2 the recipient to https://support.google.com/mail/?p=OverQuotaPerm',
  ],
  [
    '5.2.2',
    'smtp; 554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded',
  ],
  ['5.0.0', 'smtp; 552 1 Requested mail action aborted, mailbox not found or exceeded storage allocation'],
  ['5.0.0', 'smtp; 550 Postfach ist voll'],
  ['5.0.0', 'smtp; 552 boîte du destinataire pleine'],
  ['5.0.0', 'smtp; 550 Skrzynka odbiorcy jest pełna'],
  ['5.0.0', 'smtp; 550 Почтовый ящик переполнен'],
  ['5.0.0', 'smtp; 550 Brevlådan är full'],
  ['5.0.0', 'smtp; 550 Casella piena'],
  ['4.2.2', 'smtp; 452 4.2.2 The recipient’s inbox is out of storage space'],
  // The recipient's mailbox, temporarily
  [
    '5.2.1',
    'smtp; 550-5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages from being delivered',
  ],
  ['5.2.1', 'smtp; 550-5.2.1 this user is receiving mail at a rate that prevents more from being delivered'],
  ['5.1.1', 'smtp; 550 5.1.1 mailbox temporarily disabled'],
  ['5.1.1', 'smtp; 450 4.1.1 <anna@inbox.example>: Recipient address rejected: unverified address'],
  ['5.1.1', 'smtp; 450 <anna@inbox.example>: User unknown'],
  ['4.2.0', ''],
  ['4.4.7', 'smtp; connection timed out'],
  ['5.4.7', 'smtp; 550 5.4.7 message expired'],
  ['5.4.1', ''],
  ['5.4.4', ''],
  ['5.4.6', 'smtp; 554 5.4.6 Too many hops'],
  ['4.4.1', 'X-Postfix; connect to mx.inbox.example[192.0.2.7]:25: Connection refused'],
  ['5.0.0', 'X-Postfix; Host or domain name not found, try again'],
  ['5.1.1', 'smtp; 550 5.1.1 recipient unknown: internal server error, try again later'],
  // Disabled, and perhaps reopened later
  ['5.2.1', 'smtp; 550 5.2.1 The email account that you tried to reach is disabled'],
  ['5.7.13', 'smtp; 525 5.7.13 User account disabled'],
  ['5.0.0', 'smtp; 550 Account suspended'],
  ['5.5.0', 'smtp; 550 5.5.0 The recipient account is blocked'],
  ['5.0.0', 'smtp; 550 Konto ist deaktiviert'],
  // Ambiguous
  ['5.1.1', 'smtp; 550 5.1.1 Access denied'],
  ['5.1.1', 'smtp; 550 5.1.1 192.0.2.1 not allowed'],
  ['5.1.1', 'smtp; 550 5.1.1 refused'],
  ['5.1.1', 'smtp; 550 5.1.1 odrzucono'],
  ['5.1.1', 'smtp; 550 5.1.1 unable to verify the address: LDAP error'],
  ['5.1.1', 'smtp; 550 5.1.1 server busy'],
  ['5.0.0', 'smtp; 550 this mailbox does not accept mail on Sundays'],
  ['5.5.0', 'smtp; 550 5.5.0 Requested action not taken: mailbox unavailable'],
  ['5.1.1', 'smtp; 550 Requested action not taken: mailbox unavailable'],
  ['5.1.1', 'smtp; 550 Rejected'],
  ['5.1.1', 'smtp; 550 not accepted here'],
  ['5.0.0', 'smtp; 550 Rejected'],
  ['5.1.0', ''],
  ['5.0.0', 'smtp; 554 Transaction failed'],
  ['5.0.0', 'smtp; 501 5.0.0 Invalid domain name'],
  ['5.0.0', 'smtp; 550 The group may not exist, or you may not have permission to post'],
  ['5.3.0', 'X-Unix; 75 unknown mailer error 1'],
  [null, 'Giving up on 192.0.2.7 after 4.1.1 seconds of version 8.15.2'],
]

const all: Readonly<Record<Exclude<Verdict, 'none'>, readonly Case[]>> = { hard, sender, soft }

describe.each(Object.entries(all))('a refusal that is %s', (verdict, cases) => {
  it.each(cases)('%s "%s"', (status, words) => {
    expect(judge({ status, words }).verdict).toBe(verdict)
  })
})

describe('of two signals', () => {
  it('against the sender and against the reader, in any order and in any server, the reader is believed to be there', () => {
    const against = [
      'blocked using zen.spamhaus.org',
      'reputation',
      'SPF fail',
      'too many messages',
      'relaying denied',
      'greylisted',
      'mailbox full',
      'temporarily deferred',
    ]
    const gone = [
      'user unknown',
      'no such user here',
      'mailbox does not exist',
      'Пользователь не найден',
      'Empfänger unbekannt',
    ]
    for (const one of against)
      for (const other of gone)
        for (const words of [`550 5.1.1 ${one}: ${other}`, `550 5.1.1 ${other} (${one})`])
          expect([words, judge({ status: '5.1.1', words }).verdict]).not.toEqual([words, 'hard'])
  })

  it('names of hosts, addresses and links say nothing: they may hold any word', () => {
    for (const quoted of [
      'spam@inbox.example',
      'mx.antispam-policy.example[192.0.2.7]',
      'https://inbox.example/policy/blocked',
    ])
      expect(judge({ status: null, words: `550 5.1.1 ${quoted} said: user unknown` }).verdict).toBe('hard')
    expect(judge({ status: null, words: '554 5.7.1 <user.unknown@inbox.example> rejected' }).verdict).toBe(
      'sender',
    )
  })
})

describe('the code that is kept', () => {
  it.each([
    ['5.1.1', 'SMTP; 550 5.7.1 your server is on our blocklist', '5.7.1'],
    ['5.0.0', 'smtp; 550 5.1.1 no such mailbox', '5.1.1'],
    ['5.1.1', 'smtp; 550 no such mailbox', '5.1.1'],
    ['5.1.1 (bad address)', '', '5.1.1'],
    ['5.1.1.', '', '5.1.1'],
    [null, 'no code', null],
    [null, '550 5.0.0 no', '5.0.0'],
    [null, 'host 10.5.1.1 said 550', null],
  ])('of %s and "%s" is %s', (status, words, code) => {
    expect(judge({ status, words }).code).toBe(code)
  })
})

it.each(['user ', 'a.', '5.1.1 ', '@', '"a"@', "550-'"])(
  'a megabyte of "%s" is judged, and soon',
  (words) => {
    expect(judge({ status: null, words: words.repeat(1_000_000 / words.length) }).verdict).not.toBe('none')
  },
  5000,
)

describe('a refusal by one reader, which says nothing about the sender', () => {
  it.each<[string, boolean]>([
    ['smtp; 550 5.7.1 this user does not take mail from you', true],
    [
      '550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; the group only takes mail of its own organisation',
      true,
    ],
    ['550 5.7.124 RESOLVER.RST.SendGroupNotAllowed; sender not in allowed list', true],
    [
      '550 5.7.129 RESOLVER.RST.RestrictedToRecipientsPermission; not authorized to send to the recipient',
      true,
    ],
    ['550 5.7.1 recipient does not accept mail from this sender', true],
    ['550 5.7.1 The recipient has blocked your address', true],
    ['554 5.7.1 looks like spam', false],
    ['550 5.7.1 your server is on our blocklist', false],
    ['550 5.7.1 the recipient does not accept mail from hosts with a poor reputation', false],
    ['550 5.7.26 DMARC policy of brand.example', false],
    ['550 5.7.1 relay access denied', false],
    ['553 5.1.8 sender domain does not exist', false],
    ['552 5.3.4 message size exceeds fixed limit', false],
    ['550 5.7.1', false],
  ])('%s: %s', (words, expected) => {
    const judged = judge({ status: null, words })
    expect([judged.verdict, judged.personal ?? false]).toEqual(['sender', expected])
  })
})
